// Package formats reads and writes other people's file formats: bytes to values
// and back, with no input or output of its own. What a file says is read as it
// stands; nothing is rounded, guessed or fetched.
package formats
