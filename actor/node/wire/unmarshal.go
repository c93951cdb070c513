package wire

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// unmarshalOptions: of a key that comes twice the last one counts, as for Maelstrom's parser.
var unmarshalOptions = json.JoinOptions(jsontext.AllowDuplicateNames(true))

// Unmarshal decodes a body, or any JSON value, into what into points to.
//
// Fields are named as for encoding/json (`json:"message"`), spelled exactly so; unknown fields are ignored.
// Integers are exact or refused, never rounded. A Raw is kept byte for byte. A field tagged `wire:"required"`
// must be there, null or not:
//
//	type broadcast struct {
//		Message wire.Raw `json:"message" wire:"required"`
//	}
//
// The errors are *FieldError, which names the field, what was found and what was expected, and *SyntaxError.
func Unmarshal(body []byte, into any) error {
	if err := json.Unmarshal(body, into, unmarshalOptions); err != nil {
		return unmarshalError(body, err)
	}
	return checkRequired(body, reflect.TypeOf(into))
}

// unmarshalError puts the library's error into this package's terms.
func unmarshalError(body []byte, err error) error {
	if end, f := skipValue(body, 0, 0); f != noFault {
		return syntaxError(body, end, f)
	}
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		return fmt.Errorf("the value cannot be decoded: %w", err)
	}
	name := strings.ReplaceAll(strings.TrimPrefix(string(semantic.JSONPointer), "/"), "/", ".")
	found := string(semantic.JSONValue)
	if found == "" {
		found = semantic.JSONKind.String()
	}
	expected := "a value of another kind"
	if semantic.GoType != nil {
		expected = expectedFor(semantic.GoType)
	}
	return &FieldError{Field: name, Found: found, Expected: expected}
}

// expectedFor names the JSON that a Go type takes.
func expectedFor(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return fmt.Sprintf("an integer that fits %d bits", t.Bits())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return fmt.Sprintf("an integer from 0 that fits %d bits", t.Bits())
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Pointer:
		return expectedFor(t.Elem())
	default:
		return "a value for " + t.String()
	}
}

// checkRequired looks for the fields that t's tags call required.
func checkRequired(body []byte, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Tag.Get("wire") != "required" {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !hasField(body, name) {
			return &FieldError{Field: name, Expected: expectedFor(field.Type)}
		}
	}
	return nil
}

// hasField tells whether the object, already checked, has a field of that name.
func hasField(object []byte, name string) bool {
	i := skipSpace(object, 0)
	if i >= len(object) || object[i] != '{' {
		return false
	}
	i, more, f := firstMember(object, i)
	for more && f == noFault {
		var key []byte
		if key, i, f = readKey(object, i); f != noFault {
			return false
		}
		if string(key) == name {
			return true
		}
		if plainKey, escaped := unescapeKey(key); escaped && string(plainKey) == name {
			return true
		}
		if i, f = skipValue(object, i, 1); f != noFault {
			return false
		}
		i, more, f = nextMember(object, i)
	}
	return false
}
