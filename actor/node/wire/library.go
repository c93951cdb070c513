package wire

import (
	"encoding"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// This file is where the JSON library is met: encoding/json/v2 by its home before Go 1.27, whose build on
// Go 1.27 is an alias for the standard library's.

var numberType = reflect.TypeFor[stdjson.Number]()

// unmarshalOptions: of a key that comes twice the last one counts, an any receives a Raw, and a json.Number is
// a number (the library before Go 1.27 takes it for a string).
var unmarshalOptions = json.JoinOptions(
	jsontext.AllowDuplicateNames(true),
	json.WithUnmarshalers(json.JoinUnmarshalers(
		json.UnmarshalFromFunc(func(d *jsontext.Decoder, v *any) error {
			value, err := d.ReadValue()
			*v = Raw(value.Clone())
			return err
		}),
		json.UnmarshalFromFunc(func(d *jsontext.Decoder, n *stdjson.Number) error {
			if kind := d.PeekKind(); kind != '0' {
				return &json.SemanticError{JSONKind: kind, GoType: numberType}
			}
			value, err := d.ReadValue()
			*n = stdjson.Number(value)
			return err
		}),
	)),
)

// marshalOptions: a map becomes the same bytes every time, JSON that is there already keeps its spelling
// (white space apart), and bytes of a Go string that are no UTF-8 become U+FFFD.
var marshalOptions = json.JoinOptions(
	json.Deterministic(true),
	jsontext.PreserveRawStrings(true),
	jsontext.AllowInvalidUTF8(true),
	json.WithMarshalers(json.MarshalToFunc(func(e *jsontext.Encoder, n stdjson.Number) error {
		return e.WriteValue(jsontext.Value(n))
	})),
)

// byLibraryInto reads a value, already checked, into v. name is the field's, for the error.
func byLibraryInto(name string, value []byte, v reflect.Value) error {
	err := json.Unmarshal(value, v.Addr().Interface(), unmarshalOptions)
	if err == nil {
		return nil
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return semanticError(name, value, semantic, v.Type())
	}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		// The value has been checked: all that the library refuses beyond is half a surrogate pair.
		return &FieldError{Field: dotted(name, syntactic.JSONPointer), Found: "a string with half a surrogate pair", Expected: wholeString}
	}
	return &FieldError{Field: name, Found: "a value refused with " + err.Error(), Expected: expectedFor(v.Type())}
}

// semanticError puts the library's error into this package's terms.
func semanticError(name string, value []byte, e *json.SemanticError, t reflect.Type) error {
	if e.GoType != nil {
		t = e.GoType
	}
	found := kindNames[e.JSONKind]
	switch {
	case e.JSONPointer == "":
		found = describeValue(value)
	case len(e.JSONValue) > 0:
		found = describeValue(e.JSONValue)
	}
	expected := expectedFor(t)
	if e.Err != nil && decodesItself(t) && t != numberType {
		expected = fmt.Sprintf("a value for %s (%v)", t, e.Err)
	}
	return &FieldError{Field: dotted(name, e.JSONPointer), Found: found, Expected: expected}
}

// kindNames are the library's letters for the kinds of JSON values in words.
var kindNames = map[jsontext.Kind]string{
	0: "a value of another kind", 'n': "null", 't': "true", 'f': "false", '"': "a string", '0': "a number", '{': "an object", '[': "an array",
}

// dotted is the name of a place inside a field.
func dotted(name string, inside jsontext.Pointer) string {
	for token := range inside.Tokens() {
		name += "." + token
	}
	return strings.TrimPrefix(name, ".")
}

// expectedFor names the JSON that a Go type takes.
func expectedFor(t reflect.Type) string {
	switch t {
	case rawType:
		return "a JSON value"
	case numberType:
		return "a number"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return fmt.Sprintf("an integer that fits %d bits, written without a fraction or an exponent", t.Bits())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return fmt.Sprintf("an integer from 0 that fits %d bits, written without a fraction or an exponent", t.Bits())
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Pointer:
		return expectedFor(t.Elem())
	default:
		return "a JSON value"
	}
}

// decodesItself tells whether a type brings its own idea of its JSON, which only the library knows to ask for.
func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t == numberType || p.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		p.Implements(reflect.TypeFor[json.UnmarshalerFrom]()) ||
		p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// marshalFields encodes a struct or a map, compact.
func marshalFields(fields any) ([]byte, error) {
	encoded, err := json.Marshal(fields, marshalOptions)
	if err != nil {
		return nil, fmt.Errorf("fields of type %T: %w", fields, err)
	}
	return encoded, nil
}
