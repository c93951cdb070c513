package sweep

import (
	"encoding/json"
	"fmt"
	"math"
)

// MarshalJSON writes the figures in their order, null for what was not measured. Numbers come back as they were, to the
// last bit.
func (s Sample) MarshalJSON() ([]byte, error) {
	var values [figures]*float64
	for f, value := range s {
		if !math.IsNaN(value) {
			values[f] = &value
		}
	}
	return json.Marshal(values)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Sample) UnmarshalJSON(text []byte) error {
	var values []*float64
	if err := json.Unmarshal(text, &values); err != nil {
		return err
	}
	if len(values) != len(s) {
		return fmt.Errorf("%d figures of a run where there are %d", len(values), len(s))
	}
	for f, value := range values {
		s[f] = math.NaN()
		if value != nil {
			s[f] = *value
		}
	}
	return nil
}
