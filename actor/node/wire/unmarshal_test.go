package wire

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// request has a field of every way that a value can take.
type request struct {
	Value  Raw                `json:"value" wire:"required"`
	Values []Raw              `json:"values"`
	Name   string             `json:"name"`
	Live   bool               `json:"live"`
	Small  int8               `json:"small"`
	Big    int64              `json:"big"`
	Huge   uint64             `json:"huge,omitzero"`
	Ints   []int64            `json:"ints"`
	Tree   map[string][]int32 `json:"tree,omitempty"`
	Rate   float64            `json:"rate"`
	Next   *int               `json:"next"`
	Any    any                `json:"any"`
	Number stdjson.Number     `json:"number"`
	Plain  string
	Hidden string `json:"-"`
	hidden string
}

func TestBodyFillsTheStruct(t *testing.T) {
	next := 4
	body := `{"type":"x","unknown":[1,{"value":2}],"value": {"a": 1.50} ,"values":[1, "\u0061",[ ],{"b":-0}],"name":"\u017c\u00f3\ud83d\ude00\n",
		"live":true,"small":-128,"big":9007199254740993,"huge":18446744073709551615,"ints":[1,-9223372036854775808],
		"tree":{"n1":[2,3]},"rate":2.5,"next":4,"any":{"k":[9007199254740993]},"number":1e400,"Plain":"p","-":"no","hidden":"no"}`
	want := request{
		Value: Raw(`{"a": 1.50}`), Values: []Raw{Raw("1"), Raw(`"\u0061"`), Raw("[ ]"), Raw(`{"b":-0}`)},
		Name: "żó😀\n", Live: true, Small: -128, Big: 9007199254740993, Huge: 1<<64 - 1,
		Ints: []int64{1, -1 << 63}, Tree: map[string][]int32{"n1": {2, 3}}, Rate: 2.5, Next: &next,
		Any: Raw(`{"k":[9007199254740993]}`), Number: "1e400", Plain: "p",
	}
	var got request
	if err := Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	_ = got.hidden
}

func TestWhatTheStructHeldBeforeIsForgotten(t *testing.T) {
	got := request{Name: "old", Ints: []int64{1, 2}, Tree: map[string][]int32{"old": nil}}
	if err := Unmarshal([]byte(`{"value":1,"ints":[3],"tree":{"new":[1]},"tree":{"newer":[]}}`), &got); err != nil {
		t.Fatal(err)
	}
	want := request{Value: Raw("1"), Ints: []int64{3}, Tree: map[string][]int32{"newer": {}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

func TestValuesAreCopiesOfTheLine(t *testing.T) {
	body := []byte(`{"value":"aaa","values":["bbb"],"name":"ccc"}`)
	var got request
	if err := Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	for i := range body {
		body[i] = 'x'
	}
	if string(got.Value) != `"aaa"` || string(got.Values[0]) != `"bbb"` || got.Name != "ccc" {
		t.Errorf("values changed with the line: %+v", got)
	}
	got.Values[0] = append(got.Values[0], '!')
}

func TestLastOfEqualFieldsCounts(t *testing.T) {
	var got request
	if err := Unmarshal([]byte(`{"value":1,"value":2,"name":"a","n\u0061me":"b","values":[1,2],"values":[3]}`), &got); err != nil {
		t.Fatal(err)
	}
	if string(got.Value) != "2" || got.Name != "b" || len(got.Values) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestNullIsAnAbsentFieldAndAValueForRaw(t *testing.T) {
	var got request
	err := Unmarshal([]byte(`{"value":null,"values":null,"name":null,"live":null,"small":null,"ints":null,"next":null,"number":null,"tree":null}`), &got)
	if err != nil || !reflect.DeepEqual(got, request{Value: Raw("null")}) {
		t.Errorf("got %+v, %v", got, err)
	}
	got = request{}
	if err := Unmarshal([]byte(`{"value":1,"any":null}`), &got); err != nil || string(got.Any.(Raw)) != "null" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestUnfitFieldIsNamedWithWhatWasFoundAndExpected(t *testing.T) {
	const i64 = "expected an integer that fits 64 bits, written without a fraction or an exponent"
	const i8 = "expected an integer that fits 8 bits, written without a fraction or an exponent"
	const u64 = "expected an integer from 0 that fits 64 bits, written without a fraction or an exponent"
	for _, c := range []struct{ body, want string }{
		{`{}`, `field "value" is missing, expected a JSON value`},
		{`[]`, `the value is an array, expected an object`},
		{`null`, `the value is null, expected an object`},
		{`{"name":5}`, `field "name" is the number 5, expected a string`},
		{`{"name":"\udc00"}`, `field "name" is the string "\udc00", expected a string without half a surrogate pair, which is no character`},
		{`{"live":"true"}`, `field "live" is the string "true", expected true or false`},
		{`{"small":128}`, `field "small" is the number 128, ` + i8},
		{`{"big":1.0}`, `field "big" is the number 1.0, ` + i64},
		{`{"big":1e3}`, `field "big" is the number 1e3, ` + i64},
		{`{"big":9223372036854775808}`, `field "big" is the number 9223372036854775808, ` + i64},
		{`{"big":{}}`, `field "big" is an object, ` + i64},
		{`{"huge":-1}`, `field "huge" is the number -1, ` + u64},
		{`{"huge":18446744073709551616}`, `field "huge" is the number 18446744073709551616, ` + u64},
		{`{"values":{}}`, `field "values" is an object, expected an array`},
		{`{"ints":7}`, `field "ints" is the number 7, expected an array`},
		{`{"ints":[1,"2"]}`, `field "ints.1" is a string, ` + i64},
		{`{"ints":[1,2.0]}`, `field "ints.1" is the number 2.0, ` + i64},
		{`{"tree":{"n1":[1,[]]}}`, `field "tree.n1.1" is an array, expected an integer that fits 32 bits, written without a fraction or an exponent`},
		{`{"tree":{"\ud800":[]}}`, `field "tree" is a string with half a surrogate pair, expected a string without half a surrogate pair, which is no character`},
		{`{"rate":"fast"}`, `field "rate" is the string "fast", expected a number`},
		{`{"next":1.5}`, `field "next" is the number 1.5, ` + i64},
		{`{"number":"5"}`, `field "number" is the string "5", expected a number`},
	} {
		var got request
		err := Unmarshal([]byte(c.body), &got)
		var field *FieldError
		if !errors.As(err, &field) || err.Error() != c.want {
			t.Errorf("Unmarshal(%s):\n got %v\nwant %s", c.body, err, c.want)
		}
	}
}

func TestRequiredFieldMayNotBeNull(t *testing.T) {
	type add struct {
		Delta int64 `json:"delta" wire:"required"`
		Node  *int  `json:"node" wire:"required"`
	}
	for body, want := range map[string]string{
		`{"node":1}`:              `field "delta" is missing, expected an integer that fits 64 bits, written without a fraction or an exponent`,
		`{"delta":null,"node":1}`: `field "delta" is null, expected an integer that fits 64 bits, written without a fraction or an exponent`,
		`{"delta":1,"node":null}`: `field "node" is null, expected an integer that fits 64 bits, written without a fraction or an exponent`,
		`{"delta":1}`:             `field "node" is missing, expected an integer that fits 64 bits, written without a fraction or an exponent`,
	} {
		if err := Unmarshal([]byte(body), new(add)); err == nil || err.Error() != want {
			t.Errorf("Unmarshal(%s):\n got %v\nwant %s", body, err, want)
		}
	}
	var got add
	if err := Unmarshal([]byte(`{"delta":0,"node":0}`), &got); err != nil {
		t.Error(err)
	}
}

func TestUnsoundBodyIsASyntaxError(t *testing.T) {
	for _, body := range []string{``, `{`, `{"value":1`, `{"value":01}`, `{"value":1} x`, `{"unknown":"` + "\xff" + `"}`, `[1,]`, `{"name":5,}`} {
		var syntax *SyntaxError
		if err := Unmarshal([]byte(body), new(request)); !errors.As(err, &syntax) {
			t.Errorf("Unmarshal(%s) = %v", body, err)
		}
	}
}

// embedding, itself and quoted are types that the library takes whole.
type (
	inner     struct{ A int }
	embedding struct {
		inner
		B int `json:"b"`
	}
	itself string
	quoted struct {
		N int64 `json:"n,string"`
	}
)

func (s *itself) UnmarshalText(text []byte) error {
	*s = itself("text " + string(text))
	return nil
}

func TestOtherTypesAreTheLibrarysWork(t *testing.T) {
	for _, c := range []struct {
		body       string
		into, want any
	}{
		{`{"A":1,"b":2}`, new(embedding), embedding{inner{1}, 2}},
		{`{"n":"9007199254740993"}`, new(quoted), quoted{9007199254740993}},
		{`"a"`, new(itself), itself("text a")},
		{`{"S":"a"}`, new(struct{ S itself }), struct{ S itself }{"text a"}},
		{`[1, {"a":2}]`, new([]Raw), []Raw{Raw("1"), Raw(`{"a":2}`)}},
		{` {"a": 1} `, new(Raw), Raw(`{"a": 1}`)},
		{`{"a":9007199254740993}`, new(map[string]int64), map[string]int64{"a": 9007199254740993}},
		{`-5`, new(int), -5},
	} {
		if err := Unmarshal([]byte(c.body), c.into); err != nil {
			t.Errorf("Unmarshal(%s): %v", c.body, err)
		}
		if got := reflect.ValueOf(c.into).Elem().Interface(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("Unmarshal(%s) = %v, want %v", c.body, got, c.want)
		}
	}
	err := Unmarshal([]byte(`"a"`), new(int))
	if err == nil || !strings.HasPrefix(err.Error(), `the value is the string "a", expected an integer`) {
		t.Errorf("got %v", err)
	}
	var when struct{ At time.Time }
	if err := Unmarshal([]byte(`{"At":"noon"}`), &when); err == nil || !strings.HasPrefix(err.Error(), `field "At" is the string "noon", expected a value for time.Time (parsing time`) {
		t.Errorf("got %v", err)
	}
}

func TestShapeThatMakesNoSenseIsRefused(t *testing.T) {
	type typo struct {
		A int `wire:"requird"`
	}
	type never struct {
		A int `json:"-" wire:"required"`
	}
	type private struct {
		a int `wire:"required"`
	}
	type both struct {
		inner
		B int `wire:"required"`
	}
	_ = private{}.a
	for _, c := range []struct {
		into any
		want string
	}{
		{new(typo), `field A of wire.typo has the tag wire:"requird", expected wire:"required" or none`},
		{new(never), `field A of wire.never is required but never decoded, expected an exported field with a name`},
		{new(private), `field a of wire.private is required but never decoded, expected an exported field with a name`},
		{new(both), `wire.both has required fields beside embedded ones, beside options of the json tag other than omitempty and omitzero, or more than 64 fields, and cannot be decoded`},
		{typo{}, `a body is decoded into a pointer, not into wire.typo`},
		{(*typo)(nil), `a body is decoded into a pointer that is not nil`},
		{nil, `a body is decoded into a pointer, not into <nil>`},
	} {
		if err := Unmarshal([]byte(`{}`), c.into); err == nil || err.Error() != c.want {
			t.Errorf("\n got %v\nwant %s", err, c.want)
		}
	}
	if _, err := ShapeOf[typo](); err == nil {
		t.Error("a shape with a typo")
	}
}

func ExampleShape() {
	type broadcast struct {
		Message Raw `json:"message" wire:"required"`
	}
	shape, err := ShapeOf[broadcast]() // once, where the route is declared
	if err != nil {
		panic(err)
	}
	var request broadcast
	fmt.Println(shape.Unmarshal([]byte(`{"type":"broadcast","msg_id":1,"message":{"any": [1]}}`), &request), string(request.Message))
	fmt.Println(shape.Unmarshal([]byte(`{"type":"broadcast","msg_id":2}`), &request))
	// Output:
	// <nil> {"any": [1]}
	// field "message" is missing, expected a JSON value
}
