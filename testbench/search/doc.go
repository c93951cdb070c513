// Package search chooses which runs to make, of all that the options of a run allow, to find one that fails.
//
// A plan of a run is options and nothing else, so that whatever a strategy finds is made again by a command line. A
// strategy knows nothing of services: it sees the options, and, if it learns, which messages a run's nodes were sent.
//
//	random      the seeds from the first on, as they are
//	swarm       each seed draws which faults there are, how hard and how long they are, how many nodes, how much time
//	            (Groce, Zhang, Eide, Chen, Regehr: Swarm testing, ISSTA 2012)
//	priorities  each seed holds up a few links for a while, so that what others send comes first (after Burckhardt,
//	            Kothari, Musuvathi, Nagarakatte: A randomized scheduler with probabilistic guarantees, ASPLOS 2010)
//	coverage    swarm, and what reached states that were new is kept and changed a little: at a moment drawn its chance
//	            begins again from another seed
package search
