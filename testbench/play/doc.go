// Package play answers what a page asks about a run that people walk through: all of its film, the state of a node at a
// moment, what the checker would say if the operations ended then, what caused a message.
//
// One function carries everything, [Bench.Answer]: a request in JSON, an answer in JSON. A request holds all that the
// answer depends on, the scene, the seed and the deeds; what is kept between two of them only saves time. So a server on
// this machine and the same code in a browser give the same answers.
//
// It knows no flags and no services: whoever makes a [Bench] hands over what makes a run of a command line.
package play
