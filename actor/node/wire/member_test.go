package wire

import "testing"

func TestMemberFindsTheLastOfEqualKeysHoweverSpelled(t *testing.T) {
	for _, c := range []struct {
		object, want string
		found        bool
	}{
		{`{"n1":["n2"],"n2":["n1"]}`, `["n1"]`, true},
		{` { "a" : {"n2":1} , "n2" : [ 1 , 2 ] } `, `[ 1 , 2 ]`, true},
		{`{"n2":1,"\u006e2":2}`, `2`, true},
		{`{"n22":1,"n":{"n2":3}}`, ``, false},
		{`{}`, ``, false},
	} {
		value, found, err := Member(Raw(c.object), "n2")
		if err != nil || found != c.found || string(value) != c.want {
			t.Errorf("Member(%s) = %s, %v, %v; want %s, %v", c.object, value, found, err, c.want, c.found)
		}
	}
}

func TestMemberRefusesWhatIsNoObject(t *testing.T) {
	for _, text := range []string{``, `[]`, `7`, `null`, `{"n2":1`, `{"n2":1}x`, `{"n2"}`, `{"n2":[}`} {
		if value, found, err := Member(Raw(text), "n2"); err == nil || found || value != nil {
			t.Errorf("Member(%s) = %s, %v, %v; want an error", text, value, found, err)
		}
	}
}
