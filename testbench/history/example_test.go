package history_test

import (
	"fmt"
	"strings"

	"eddy/testbench/history"
)

// A history is read the same whether Eddy or Maelstrom wrote it.
func ExampleRead() {
	eddys := `{"index":0,"time":1000000,"type":"invoke","process":0,"f":"add","value":{"b":1,"a":2}}`
	maelstroms := `{:index 0, :time 1000000, :type :invoke, :process 0, :f :add, :value {:a 2, :b 1}}`
	for _, text := range []string{eddys, maelstroms} {
		h, err := history.Read(strings.NewReader(text), "history")
		if err != nil {
			fmt.Println(err)
			return
		}
		op := h[0]
		fmt.Println(op.Time, op.Type, op.F, history.Canonical(op.Value))
	}
	// Output:
	// 1ms invoke add {"a":2,"b":1}
	// 1ms invoke add {"a":2,"b":1}
}
