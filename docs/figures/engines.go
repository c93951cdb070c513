package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// compared are the strategies that are measured on both engines: one of each
// way of getting values around, and of each way of acknowledging.
var compared = []string{
	"--strategy batch",
	"--strategy batch --interval 1s --leaf-interval 300ms",
	"--strategy paced",
	"--strategy flood --topology tree:4",
	"--strategy origin --ack cumulative",
}

// seedsBuiltin is how many runs of half a minute the built-in bench makes of each row.
const seedsBuiltin = 3

// quantiles of the stable latencies that are compared.
var quantiles = []string{"0.5", "0.95", "1"}

// side is what one engine measured: means of several runs.
type side struct {
	messages float64
	ms       map[string]float64
}

func (s *simulator) engines() error {
	fmt.Println("| strategy flags | messages an op, sim / built-in | median | p95 | max |")
	fmt.Println("| --- | --- | --- | --- | --- |")
	for _, strategy := range compared {
		words := strings.Fields(strategy)
		sim, err := s.average([]string{"sim", "--no-store"}, seeds, words)
		if err != nil {
			return err
		}
		store := filepath.Join(s.scratch, "store")
		builtin, err := s.average([]string{"test", "--engine", "builtin", "--store", store}, seedsBuiltin, words)
		if err != nil {
			return err
		}
		fmt.Printf("| `%s` | %.3f / %.3f, %+.1f %% |", strategy, sim.messages, builtin.messages, 100*(builtin.messages/sim.messages-1))
		for _, q := range quantiles {
			fmt.Printf(" %.0f / %.0f ms |", sim.ms[q], builtin.ms[q])
		}
		fmt.Println()
	}
	return nil
}

// average makes runs of seeds 1, 2, ... on an engine.
func (s *simulator) average(engine []string, runs int, strategy []string) (side, error) {
	mean := side{ms: make(map[string]float64)}
	for seed := 1; seed <= runs; seed++ {
		r, err := s.measure(engine, seed, strategy)
		if err != nil {
			return mean, err
		}
		mean.messages += r.Net.Servers.MsgsPerOp / float64(runs)
		for _, q := range quantiles {
			mean.ms[q] += float64(r.Workload.Latencies[q]) / float64(runs)
		}
	}
	return mean, nil
}
