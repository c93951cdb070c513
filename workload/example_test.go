package workload_test

import (
	"fmt"
	"math/rand/v2"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload"
)

// The same operation again and again.
func ExampleAlways() {
	w := workload.Workload{
		Name:         "ticket",
		Judge:        checker.Judge{Fs: []string{"take"}, Check: unchecked},
		NewGenerator: workload.Always(workload.Repeating{F: "take"}),
		Calls: []workload.Call{
			{F: "take", Reply: workload.Schema{Type: "take_ok", Field: "number", Kind: workload.Integer}},
		},
	}
	fmt.Println(w.Validate())
	// Output: <nil>
}

func unchecked(history.History, history.Pairing, checker.Options) (checker.Workload, []checker.Witness, error) {
	return nil, nil, nil
}

// keys makes operations that carry something: a key, as JSON.
type keys struct{}

func (keys) Next(rng *rand.Rand) workload.Invocation {
	return workload.Invocation{F: "acquire", Value: fmt.Appendf(nil, `"k%d"`, rng.IntN(3))}
}

// A request with a field, and a reply with a field of a kind of one's own.
func ExampleCall() {
	boolean := &workload.Kind{Form: "true or false", Not: "true or false", Admits: func(value []byte) bool {
		return string(value) == "true" || string(value) == "false"
	}}
	w := workload.Workload{Calls: []workload.Call{
		{F: "acquire", Argument: "key", Reply: workload.Schema{Type: "acquire_ok", Field: "granted", Kind: boolean}},
	}}
	inv := keys{}.Next(rand.New(rand.NewPCG(1, 1)))
	fmt.Println(string(w.Request(inv, 1)))
	fmt.Println(string(w.Complete(inv, workload.ParseReply([]byte(`{"type":"acquire_ok","in_reply_to":1,"granted":true}`))).Value))
	// Output:
	// {"type":"acquire","key":"k2","msg_id":1}
	// true
}

// Two operations by turns: adds of 0, 1, 2 and so on, and reads.
func ExampleMix() {
	rng := rand.New(rand.NewPCG(1, 2))
	g := workload.Mix(rng, &workload.Counting{F: "add"}, workload.Repeating{F: "read"})
	adds := 0
	for range 100 {
		if inv := g.Next(rng); inv.F == "add" {
			adds++
		}
	}
	fmt.Println(adds > 0, adds < 100)
	// Output: true true
}

// After recovery every worker reads once.
func ExampleOnce() {
	w := workload.Workload{Final: workload.Once(workload.Invocation{F: "read", Final: true})}
	fmt.Println(w.Final != nil)
	// Output: true
}

// A client of one's own makes requests of an operation, and understands the replies.
func ExampleAsk() {
	step := workload.Ask([]byte(`{"type":"take"`))
	fmt.Printf("%s\n", step.Request(7))
	// Output: {"type":"take","msg_id":7}
}

func ExampleParseReply() {
	r := workload.ParseReply([]byte(`{"type":"take_ok","in_reply_to":1,"number":7}`))
	number, err := workload.Schema{Type: "take_ok", Field: "number", Kind: workload.Integer}.Take(r)
	fmt.Printf("%s %v\n", number, err)
	// Output: 7 <nil>
}

func ExampleParseError() {
	r := workload.ParseReply([]byte(`{"type":"error","in_reply_to":1,"code":11,"text":"try later"}`))
	e := workload.ParseError(r)
	fmt.Printf("%s %s %v\n", e.Code, e.Name(), e.Definite())
	// Output: 11 temporarily-unavailable true
}
