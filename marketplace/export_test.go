package marketplace

// Shared splits the fees of a payout over the parts of its payments.
var Shared = shared
