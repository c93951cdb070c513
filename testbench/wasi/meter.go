package wasi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// fuelExport is the global that loops count down.
const fuelExport = "eddy.fuel"

// prepare makes a module fit for running: metered, its data in one piece, without what is for debuggers.
func prepare(code []byte) ([]byte, error) {
	m, err := readSections(code)
	if err != nil {
		return nil, err
	}
	// wazero would look up source lines whenever it unwinds a guest, which takes a second for a program in Rust.
	m = slices.DeleteFunc(m, func(s section) bool { return s.id == sectionCustom })
	if err := m.meter(); err != nil {
		return nil, err
	}
	m.joinData()
	return m.bytes(), nil
}

// meter has every jump back to the head of a loop count down a global, and trap when that is at zero. It
// bounds a step by the guest's own work: a limit in real time would make a run depend on the machine.
// wazero's own check of a context costs four times the run time; this one is measured in
// [BenchmarkMeter]. Besides, code that has no such check holds up Go's garbage collector for as long as
// it runs.
//
// The format is that of https://webassembly.github.io/spec/core/binary/.
func (s *sections) meter() error {
	imported, err := s.importedGlobals()
	if err != nil {
		return err
	}
	defined, rest, err := count(s.find(sectionGlobal))
	if err != nil {
		return err
	}
	fuel := imported + defined
	// A mutable i64 that starts full: what runs before the first step, such as a start function, counts, too.
	global := append([]byte{valueI64, 1, opI64Const}, leb(stepLoopsMax)...)
	s.set(sectionGlobal, join(uleb(defined+1), rest, global, []byte{opEnd}))

	exports, rest, err := count(s.find(sectionExport))
	if err != nil {
		return err
	}
	export := append(append(uleb(uint64(len(fuelExport))), fuelExport...), exportGlobal)
	s.set(sectionExport, join(uleb(exports+1), rest, export, uleb(fuel)))

	bodies, err := meterBodies(s.find(sectionCode), fuel)
	if err != nil {
		return err
	}
	if bodies != nil {
		s.set(sectionCode, bodies)
	}
	return nil
}

// Parts of the binary format.
const (
	sectionCustom = 0
	sectionImport = 2
	sectionGlobal = 6
	sectionExport = 7
	sectionCode   = 10
	sectionData   = 11
	sectionCount  = 12 // of data, for instructions that name one; it comes before the code

	valueI64     = 0x7e
	exportGlobal = 3

	opUnreachable = 0x00
	opBlock       = 0x02
	opLoop        = 0x03
	opIf          = 0x04
	opEnd         = 0x0b
	opBranch      = 0x0c
	opBranchIf    = 0x0d
	opBranchTable = 0x0e
	opGlobalGet   = 0x23
	opGlobalSet   = 0x24
	opI32Const    = 0x41
	opI64Const    = 0x42
	opI64Eqz      = 0x50
	opI64Sub      = 0x7d
	blockEmpty    = 0x40
)

// meterBodies puts the check before each jump that may lead back to the head of a loop. The head itself would
// be the simpler place, but Go's compiler begins nearly every function with one, and a call is no turn.
func meterBodies(section []byte, fuel uint64) ([]byte, error) {
	if section == nil {
		return nil, nil
	}
	bodies, rest, err := count(section)
	if err != nil {
		return nil, err
	}
	get := append([]byte{opGlobalGet}, uleb(fuel)...)
	check := join(get, []byte{opI64Eqz, opIf, blockEmpty, opUnreachable, opEnd},
		get, []byte{opI64Const, 1, opI64Sub, opGlobalSet}, uleb(fuel))
	out := append(make([]byte, 0, len(section)*5/4), uleb(bodies)...)
	var body []byte
	for range bodies {
		size, after, err := count(rest)
		if err != nil || size > uint64(len(after)) {
			return nil, errCut
		}
		if body, err = meterBody(body[:0], after[:size], check); err != nil {
			return nil, err
		}
		out = append(append(out, uleb(uint64(len(body)))...), body...)
		rest = after[size:]
	}
	return out, nil
}

func meterBody(out, body, check []byte) ([]byte, error) {
	r := reader{data: body}
	for range r.uleb() { // the groups of locals
		r.uleb()
		r.uleb()
	}
	copied := 0
	var open []bool // of the blocks that are open: whether it is a loop
	loops := 0      // so many of them are
	for r.at < len(body) && r.err == nil {
		begins := r.at
		op := r.byte()
		switch op {
		case opBlock, opIf, opLoop:
			open = append(open, op == opLoop)
			if op == opLoop {
				loops++
			}
		case opEnd:
			if last := len(open) - 1; last >= 0 { // else the function's own
				if open[last] {
					loops--
				}
				open = open[:last]
			}
		case opBranch, opBranchIf, opBranchTable:
			if loops > 0 && r.leadsBack(op, open) {
				out = append(append(out, body[copied:begins]...), check...)
				copied = begins
			}
			r.at = begins + 1
		}
		r.immediates(op)
	}
	return append(out, body[copied:]...), r.err
}

// leadsBack reports whether one of a jump's targets is a loop.
func (r *reader) leadsBack(op byte, open []bool) bool {
	targets := uint64(1)
	if op == opBranchTable {
		targets += min(r.uleb(), uint64(len(r.data)))
	}
	back := false
	for range targets {
		if depth := r.uleb(); depth < uint64(len(open)) && open[uint64(len(open))-1-depth] {
			back = true
		}
	}
	return back
}

// reader reads instructions.
type reader struct {
	data []byte
	at   int
	err  error
}

var errCut = errors.New("it ends in the middle")

func (r *reader) skip(n int) {
	if n < 0 || n > len(r.data)-r.at {
		r.err, n = errCut, len(r.data)-r.at
	}
	r.at += n
}

func (r *reader) byte() byte {
	if r.at >= len(r.data) {
		r.err = errCut
		return 0
	}
	r.at++
	return r.data[r.at-1]
}

// leb skips an integer, signed or not.
func (r *reader) leb() {
	for r.byte() >= 0x80 && r.err == nil {
	}
}

// sleb reads an integer of 32 bits with a sign.
func (r *reader) sleb() int32 {
	value, shift := uint64(0), 0
	for {
		b := r.byte()
		value |= uint64(b&0x7f) << shift
		if shift += 7; b < 0x80 || shift > 35 {
			if b&0x40 != 0 {
				value |= ^uint64(0) << shift
			}
			return int32(value)
		}
	}
}

// uleb reads an integer that is not signed.
func (r *reader) uleb() uint64 {
	value, n := binary.Uvarint(r.data[r.at:])
	if n <= 0 {
		r.err, r.at = errCut, len(r.data)
		return 0
	}
	r.at += n
	return value
}

func (r *reader) ulebs(n int) {
	for range n {
		r.uleb()
	}
}

// immediates skips what belongs to an instruction.
func (r *reader) immediates(op byte) {
	switch {
	case op == opBranchTable:
		r.ulebs(int(min(r.uleb(), uint64(len(r.data)))) + 1)
	case op == 0x1c: // select with types
		r.ulebs(int(min(r.uleb(), uint64(len(r.data)))))
	case op >= 0x02 && op <= 0x04, // block, loop, if
		op == 0x0c, op == 0x0d, op == 0x10, op == 0x12, // br, br_if, call, return_call
		op >= 0x20 && op <= 0x26, op == 0x3f, op == 0x40, op == 0x41, op == 0x42, // variables, memory, constants
		op == 0xd0, op == 0xd2: // references
		r.leb()
	case op == 0x11, op == 0x13, op >= 0x28 && op <= 0x3e: // calls by table, loads and stores
		r.ulebs(2)
	case op == 0x43:
		r.skip(4)
	case op == 0x44:
		r.skip(8)
	case op == 0xfc:
		r.miscellaneous(r.uleb())
	case op == 0xfd:
		r.vector(r.uleb())
	case op <= 0x01, op == 0x05, op == opEnd, op == 0x0f, op == 0x1a, op == 0x1b, op >= 0x45 && op <= 0xc4, op == 0xd1:
	default:
		r.err = fmt.Errorf("instruction 0x%02x is not one of WebAssembly 2.0", op)
	}
}

func (r *reader) miscellaneous(op uint64) {
	switch {
	case op <= 7:
	case op == 8, op == 10, op == 12, op == 14:
		r.ulebs(2)
	case op <= 17:
		r.uleb()
	default:
		r.err = fmt.Errorf("instruction 0xfc %d is not one of WebAssembly 2.0", op)
	}
}

func (r *reader) vector(op uint64) {
	switch {
	case op <= 11, op == 92, op == 93:
		r.ulebs(2)
	case op == 12, op == 13:
		r.skip(16)
	case op >= 21 && op <= 34:
		r.skip(1)
	case op >= 84 && op <= 91:
		r.ulebs(2)
		r.skip(1)
	}
}

// sections are a module's, in their order.
type sections []section

type section struct {
	id   byte
	data []byte
}

func readSections(code []byte) (sections, error) {
	var all sections
	for rest := code[len(wasmMagic)+len(moduleVersion):]; len(rest) > 0; {
		id := rest[0]
		size, after, err := count(rest[1:])
		if err != nil || size > uint64(len(after)) {
			return nil, errCut
		}
		all, rest = append(all, section{id, after[:size]}), after[size:]
	}
	return all, nil
}

func (s sections) find(id byte) []byte {
	for _, section := range s {
		if section.id == id {
			return section.data
		}
	}
	return nil
}

// set replaces a section, or puts it where it belongs.
func (s *sections) set(id byte, data []byte) {
	at := len(*s)
	for i, section := range *s {
		if section.id == id {
			(*s)[i].data = data
			return
		}
		if at == len(*s) && section.id > id && section.id <= sectionCount {
			at = i
		}
	}
	*s = append((*s)[:at:at], append(sections{{id, data}}, (*s)[at:]...)...)
}

func (s sections) bytes() []byte {
	out := join(wasmMagic, moduleVersion)
	for _, section := range s {
		out = append(append(append(out, section.id), uleb(uint64(len(section.data)))...), section.data...)
	}
	return out
}

// joinData makes one piece of the data that memory begins with. Go's linker writes thousands of pieces, and
// wazero spends as long on them as the program on all the rest of its start. What has pieces far apart, or
// instructions that name a piece, is left as it is.
func (s *sections) joinData() {
	pieces, rest, err := count(s.find(sectionData))
	if err != nil || pieces == 0 || s.find(sectionCount) != nil {
		return
	}
	r := reader{data: rest}
	each := func(do func(at uint64, data []byte)) bool {
		r.at = 0
		for range pieces {
			if r.byte() != 0 || r.byte() != opI32Const { // of memory 0, at a fixed place
				return false
			}
			at := uint64(uint32(r.sleb()))
			if r.byte() != opEnd {
				return false
			}
			size := int(min(r.uleb(), uint64(len(rest))))
			from := r.at
			if r.skip(size); r.err != nil {
				return false
			}
			do(at, rest[from:r.at])
		}
		return r.at == len(rest)
	}
	low, high := uint64(math.MaxUint64), uint64(0)
	if !each(func(at uint64, data []byte) { low, high = min(low, at), max(high, at+uint64(len(data))) }) {
		return
	}
	if size := uint64(len(rest)); high-low > 2*size || high > math.MaxInt32 {
		return
	}
	image := make([]byte, high-low)
	each(func(at uint64, data []byte) { copy(image[at-low:], data) })
	s.set(sectionData, join(uleb(1), []byte{0, opI32Const}, leb(int64(low)), []byte{opEnd}, uleb(uint64(len(image))), image))
}

// importedGlobals counts the globals that come before the module's own.
func (s sections) importedGlobals() (uint64, error) {
	data := s.find(sectionImport)
	if data == nil {
		return 0, nil
	}
	r, globals := reader{data: data}, uint64(0)
	for range r.uleb() {
		r.skip(int(min(r.uleb(), uint64(len(data))))) // the module
		r.skip(int(min(r.uleb(), uint64(len(data))))) // the name
		switch kind := r.byte(); kind {
		case 0: // function
			r.uleb()
		case 1: // table
			r.byte()
			r.limits()
		case 2: // memory
			r.limits()
		case 3:
			r.skip(2)
			globals++
		default:
			return 0, fmt.Errorf("import of kind %d is not one of WebAssembly 2.0", kind)
		}
		if r.err != nil {
			return 0, r.err
		}
	}
	return globals, r.err
}

func (r *reader) limits() {
	if r.byte()&1 != 0 {
		r.uleb()
	}
	r.uleb()
}

// isGo reports whether Go's own compiler made the module. Its programs poll for input; others wait for it.
func isGo(code []byte) bool {
	all, err := readSections(code)
	if err != nil {
		return false
	}
	for _, section := range all {
		size, name, err := count(section.data)
		if section.id == sectionCustom && err == nil && size <= uint64(len(name)) && string(name[:size]) == "go:buildid" {
			return true
		}
	}
	return false
}

// count reads the length that a vector begins with; none is that of no section.
func count(data []byte) (n uint64, rest []byte, err error) {
	if len(data) == 0 {
		return 0, nil, nil
	}
	n, size := binary.Uvarint(data)
	if size <= 0 {
		return 0, nil, errCut
	}
	return n, data[size:], nil
}

func uleb(n uint64) []byte { return binary.AppendUvarint(nil, n) }

// leb is the signed form of a number that is not negative.
func leb(n int64) []byte {
	var out []byte
	for n >= 0x40 {
		out = append(out, byte(n&0x7f)|0x80)
		n >>= 7
	}
	return append(out, byte(n))
}

func join(parts ...[]byte) []byte {
	var out []byte
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}
