package wire

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Shape is how the fields of a body go into a T, worked out once: make it where a route is declared, use it for
// every message. It never changes, so that any number of goroutines may share it.
//
// T is a struct whose fields are named as for encoding/json (`json:"message"`); the spelling must match
// exactly. Three things are this package's own:
//
//   - a field tagged `wire:"required"` must be there. Without the tag an absent field, and a null, leaves the
//     zero value;
//   - a required field may be null only where null is a value like any other: in a Raw, or in an any;
//   - integers are exact or refused, never rounded. To keep that for values of any kind, an any receives a Raw.
//
// Unknown fields are ignored. Of a field that comes twice the last one counts, though each must fit.
type Shape[T any] struct {
	shape shape
}

// shape is a Shape without its type. A type that is no plain struct has no fields here: the JSON library takes
// the whole value.
type shape struct {
	fields []field
	plain  bool
}

// field is one field of a request struct.
type field struct {
	name     string
	index    int
	as       placement
	expected string
	required bool
}

// placement is how a value gets into a field.
type placement uint8

const (
	byLibrary placement = iota
	asRaw
	asRaws
	asString
	asBool
	asInt
	asUint
)

// ShapeOf works out the shape of T. The error names a field whose tags make no sense.
func ShapeOf[T any]() (Shape[T], error) {
	s, err := shapeOf(reflect.TypeFor[T]())
	return Shape[T]{s}, err
}

// Unmarshal decodes a body, or any JSON value, into what into points to. It forgets what into held before.
//
// The errors are *FieldError, which names the field, what was found and what was expected, and *SyntaxError. After
// an error into holds an undefined part of the body.
func (s Shape[T]) Unmarshal(body []byte, into *T) error {
	return s.shape.unmarshal(body, reflect.ValueOf(into).Elem())
}

// Unmarshal is Shape's for a type that is met once: it works out the shape at each call. into is a pointer that
// is not nil.
func Unmarshal(body []byte, into any) error {
	v := reflect.ValueOf(into)
	switch {
	case v.Kind() != reflect.Pointer:
		return fmt.Errorf("a body is decoded into a pointer, not into %T", into)
	case v.IsNil():
		return errors.New("a body is decoded into a pointer that is not nil")
	}
	s, err := shapeOf(v.Type().Elem())
	if err != nil {
		return err
	}
	return s.unmarshal(body, v.Elem())
}

// maxFields is how many fields a request struct may have: one bit each says which were there.
const maxFields = 64

func shapeOf(t reflect.Type) (shape, error) {
	if t.Kind() != reflect.Struct || decodesItself(t) {
		return shape{}, nil
	}
	s := shape{plain: true}
	tagged := false
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		required, err := requiredTag(t, f)
		if err != nil {
			return shape{}, err
		}
		tagged = tagged || required
		if f.Anonymous || hasUnusualOption(options) {
			s.plain = false
		}
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		s.fields = append(s.fields, field{
			name: name, index: i, as: placementOf(f.Type),
			expected: expectedFor(f.Type), required: required,
		})
	}
	switch {
	case s.plain && len(s.fields) <= maxFields:
		return s, nil
	case tagged:
		return shape{}, fmt.Errorf("%s has required fields beside embedded ones, beside options of the json tag other than omitempty and omitzero, or more than %d fields, and cannot be decoded", t, maxFields)
	default:
		return shape{}, nil
	}
}

// hasUnusualOption tells whether a json tag asks for more than this package does itself.
func hasUnusualOption(options string) bool {
	return slices.ContainsFunc(strings.Split(options, ","), func(o string) bool {
		return o != "" && o != "omitempty" && o != "omitzero"
	})
}

func requiredTag(t reflect.Type, f reflect.StructField) (bool, error) {
	switch tag := f.Tag.Get("wire"); {
	case tag == "":
		return false, nil
	case tag != "required":
		return false, fmt.Errorf("field %s of %s has the tag wire:%q, expected wire:\"required\" or none", f.Name, t, tag)
	case !f.IsExported() || f.Tag.Get("json") == "-":
		return false, fmt.Errorf("field %s of %s is required but never decoded, expected an exported field with a name", f.Name, t)
	default:
		return true, nil
	}
}

var (
	rawType  = reflect.TypeFor[Raw]()
	rawsType = reflect.TypeFor[[]Raw]()
)

// placementOf says how a value gets into a field of type t.
func placementOf(t reflect.Type) placement {
	switch {
	case t == rawType:
		return asRaw
	case t == rawsType:
		return asRaws
	case decodesItself(t):
		return byLibrary
	}
	switch t.Kind() {
	case reflect.String:
		return asString
	case reflect.Bool:
		return asBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return asInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return asUint
	default:
		return byLibrary
	}
}
