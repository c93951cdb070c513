package nemesis

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"
)

// FaultMembership removes nodes from the members of the cluster, and adds them again. The nodes keep running.
const FaultMembership = "membership"

// The requests by which members come and go, those of the proposal for Maelstrom (pull request 101 there, with Kyle
// Kingsbury's wish that it be a nemesis and work with any workload). A request names the node in its field node. A
// node that is no member answers clients with error 40, not-a-member.
const (
	addMember    = "add_member"
	removeMember = "remove_member"
)

// MembershipOptions are those of [FaultMembership].
type MembershipOptions struct {
	Targets  []string // how many nodes are removed together; none stands for all of memberTargets
	Duration time.Duration
}

// memberTargets are the targets that leave a majority of the nodes.
func memberTargets() []string { return []string{TargetOne, TargetMinorityThird, TargetMinority} }

func (o *MembershipOptions) fault() Fault {
	return Fault{
		Name: FaultMembership, Begins: "remove-members", Ends: "add-members",
		Settings: []Setting{
			namesSetting(FaultMembership+"-targets", "how many nodes --nemesis membership removes together, of one, minority-third, minority (default: all)", &o.Targets, memberTargets()),
			lastingSetting(FaultMembership, &o.Duration),
		},
		Package: func(c Cluster) (Package, error) {
			targets := o.Targets
			if len(targets) == 0 {
				targets = memberTargets()
			}
			return &membership{cluster: c, rng: c.Rand(), nodes: c.Nodes(), targets: targets, lasting: o.Duration}, nil
		},
		OfNodes: true,
		Label:   func(json.RawMessage) string { return "removed" },
	}
}

// membership is the fault in a run. A change is asked of one member after the other until one says that it is in force.
type membership struct {
	cluster Cluster
	rng     *rand.Rand
	nodes   []string
	targets []string
	lasting time.Duration

	on  bool     // nodes were removed by the last act
	out []string // that may be no members now
}

// How many times a change is asked for before it is left: while the nemesis waits, it does nothing else, such as restart
// the nodes that the change needs.
const (
	askedMax      = 1
	askedFinalMax = 20
)

// Next adds the nodes that were removed, or removes some where all are members.
func (m *membership) Next() Act {
	if m.on = len(m.out) == 0; !m.on {
		return Act{F: "add-members"}
	}
	return Act{F: "remove-members", Value: quote(m.targets[m.rng.IntN(len(m.targets))])}
}

// Lasts is for how long nodes are out.
func (m *membership) Lasts() time.Duration {
	if !m.on {
		return 0
	}
	return m.lasting
}

// Final adds all nodes, however long it takes.
func (m *membership) Final() []Act { return []Act{{F: "add-members", Value: quote(TargetAll)}} }

// Apply changes the members one by one. The history shows what became of which node.
func (m *membership) Apply(a Act, done func(json.RawMessage)) bool {
	request, nodes := removeMember, []string(nil)
	switch a.F {
	case "remove-members":
		var target string
		if json.Unmarshal(a.Value, &target) != nil {
			return false
		}
		nodes = pick(m.rng, m.nodes, target)
	case "add-members":
		request, nodes = addMember, slices.Clone(m.out)
	default:
		return false
	}
	became := make(map[string]json.RawMessage)
	var next func()
	next = func() {
		if len(nodes) == 0 {
			done(fates(m.nodes, became))
			return
		}
		node := nodes[0]
		nodes = nodes[1:]
		attempts := askedMax
		if a.F == "add-members" && a.Value != nil {
			attempts = askedFinalMax
		}
		m.change(request, node, attempts, func(answer string) {
			became[node] = quote(answer)
			next()
		})
	}
	next()
	return true
}

// change asks members for a change until one says that it is in force, or that it knows no such request.
func (m *membership) change(request, node string, attempts int, done func(answer string)) {
	if request == removeMember && !slices.Contains(m.out, node) {
		m.out = append(m.out, node) // whatever the answer, it may be
	}
	var members []string
	for _, n := range m.nodes {
		if !slices.Contains(m.out, n) {
			members = append(members, n)
		}
	}
	if len(members) == 0 {
		members = m.nodes
	}
	m.cluster.Ask(members[m.rng.IntN(len(members))], request, node, func(answer string) {
		switch {
		case answer == request+"_ok" && request == addMember:
			m.out = slices.DeleteFunc(m.out, func(n string) bool { return n == node })
			done("added")
		case answer == request+"_ok":
			done("removed")
		case attempts <= 1 || answer == NotSupported:
			done(answer)
		default:
			m.change(request, node, attempts-1, done)
		}
	})
}
