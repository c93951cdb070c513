// Package sweep makes many runs and compares what they measured: points of a
// grid, several seeds a point.
//
// It owns the spreading of runs over the cores ([Pool]), what is taken from a
// run ([Sample]), the estimates of means with their confidence intervals
// ([Estimate]), and the table, the CSV file and the chart of a sweep. It knows
// nothing of how a run is made: whoever sweeps hands over a function from a point
// and a seed to an outcome.
package sweep
