package marketplace

// Shared splits the fees of a payout over the parts of its payments.
var Shared = shared

// ExercisedWords tell a seller what was given back, and what is asked for it.
var ExercisedWords = exercisedWords
