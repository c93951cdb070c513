// Command compute does what handling messages does, without messages: maps, strings and sums.
package main

import "fmt"

func main() {
	sum, seen := 0, map[int]int{}
	for i := range 200_000 {
		seen[i%1000] += i
		sum += seen[i%77] + len(fmt.Sprintf("%d", i))
	}
	if sum == 0 {
		panic("nothing was computed")
	}
}
