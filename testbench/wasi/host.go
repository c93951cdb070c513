package wasi

import (
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// moduleName is the name under which programs import WASI's functions.
const moduleName = "wasi_snapshot_preview1"

// guestKey is where a call's context has the guest.
type guestKey struct{}

// call is one call of the host by a guest.
type call struct {
	*Guest
	memory api.Memory
	args   []uint64
}

// function is a function of WASI: its parameters, i for 32 bits and I for 64, and what it does. Without a
// do it answers ENOSYS, and the report names it.
type function struct {
	name   string
	params string
	do     func(c call) errno
}

// functions are all of WASI preview 1 but proc_exit, which gives nothing back.
var functions = []function{
	{"args_get", "ii", call.argsGet},
	{"args_sizes_get", "ii", call.argsSizesGet},
	{"environ_get", "ii", func(call) errno { return ok }},
	{"environ_sizes_get", "ii", call.environSizesGet},
	{"clock_res_get", "ii", call.clockResolution},
	{"clock_time_get", "iIi", call.clockTime},
	{"fd_advise", "iIIi", func(call) errno { return ok }},
	{"fd_allocate", "iII", nil},
	{"fd_close", "i", call.fdClose},
	{"fd_datasync", "i", call.fdSync},
	{"fd_fdstat_get", "ii", call.fdStat},
	{"fd_fdstat_set_flags", "ii", call.fdSetFlags},
	{"fd_fdstat_set_rights", "iII", nil},
	{"fd_filestat_get", "ii", call.fdFileStat},
	{"fd_filestat_set_size", "iI", call.fdSetSize},
	{"fd_filestat_set_times", "iIIi", nil},
	{"fd_pread", "iiiIi", call.fdPread},
	{"fd_prestat_get", "ii", call.prestat},
	{"fd_prestat_dir_name", "iii", call.prestatName},
	{"fd_pwrite", "iiiIi", call.fdPwrite},
	{"fd_read", "iiii", call.fdRead},
	{"fd_readdir", "iiiIi", call.fdReadDir},
	{"fd_renumber", "ii", nil},
	{"fd_seek", "iIii", call.fdSeek},
	{"fd_sync", "i", call.fdSync},
	{"fd_tell", "ii", call.fdTell},
	{"fd_write", "iiii", call.fdWrite},
	{"path_create_directory", "iii", call.pathCreateDirectory},
	{"path_filestat_get", "iiiii", call.pathFileStat},
	{"path_filestat_set_times", "iiiiIIi", nil},
	{"path_link", "iiiiiii", nil},
	{"path_open", "iiiiiIIii", call.pathOpen},
	{"path_readlink", "iiiiii", nil},
	{"path_remove_directory", "iii", call.pathRemoveDirectory},
	{"path_rename", "iiiiii", call.pathRename},
	{"path_symlink", "iiiii", nil},
	{"path_unlink_file", "iii", call.pathUnlink},
	{"poll_oneoff", "iiii", call.poll},
	{"proc_raise", "i", nil},
	{"random_get", "ii", call.randomGet},
	{"sched_yield", "", func(call) errno { return ok }},
	{"sock_accept", "iii", nil},
	{"sock_recv", "iiiiii", nil},
	{"sock_send", "iiiii", nil},
	{"sock_shutdown", "ii", nil},
}

// instantiate makes the module that programs import. Which guest calls is in the context.
func instantiate(ctx context.Context, r wazero.Runtime) error {
	module := r.NewHostModuleBuilder(moduleName)
	for _, f := range functions {
		var params []api.ValueType
		for _, p := range f.params {
			if p == 'I' {
				params = append(params, api.ValueTypeI64)
			} else {
				params = append(params, api.ValueTypeI32)
			}
		}
		module.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
			g := ctx.Value(guestKey{}).(*Guest)
			g.spend()
			if f.do == nil {
				g.cluster.missing(g, f.name)
				stack[0] = uint64(errNoSystem)
				return
			}
			stack[0] = uint64(f.do(call{g, m.Memory(), stack}))
		}), params, []api.ValueType{api.ValueTypeI32}).Export(f.name)
	}
	module.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, _ api.Module, stack []uint64) {
		panic(sys.NewExitError(uint32(stack[0])))
	}), []api.ValueType{api.ValueTypeI32}, nil).Export("proc_exit")
	_, err := module.Instantiate(ctx)
	return err
}

func (c call) arg(i int) uint32 { return uint32(c.args[i]) }

func (c call) put32(at, value uint32) errno { return written(c.memory.WriteUint32Le(at, value)) }

func (c call) put64(at uint32, value uint64) errno { return written(c.memory.WriteUint64Le(at, value)) }

func written(there bool) errno {
	if !there {
		return errFault
	}
	return ok
}

// text reads a path.
func (c call) text(at, size uint32) (string, errno) {
	b, there := c.memory.Read(at, size)
	return string(b), written(there)
}

// buffers are the pieces of memory that a vector lists.
func (c call) buffers(at, count uint32) ([][]byte, errno) {
	if count > math.MaxUint16 {
		return nil, errInvalid
	}
	vector, there := c.memory.Read(at, count*8)
	if !there {
		return nil, errFault
	}
	var all [][]byte
	for ; len(vector) > 0; vector = vector[8:] {
		b, there := c.memory.Read(binary.LittleEndian.Uint32(vector), binary.LittleEndian.Uint32(vector[4:]))
		if !there {
			return nil, errFault
		}
		all = append(all, b)
	}
	return all, ok
}

// arguments are the guest's, its program's name before them.
func (c call) arguments() []string { return append([]string{c.program.name}, c.cluster.config.Args...) }

func (c call) argsSizesGet() errno {
	size := 0
	for _, arg := range c.arguments() {
		size += len(arg) + 1
	}
	return max(c.put32(c.arg(0), uint32(len(c.arguments()))), c.put32(c.arg(1), uint32(size)))
}

func (c call) argsGet() errno {
	list, text := c.arg(0), c.arg(1)
	for i, arg := range c.arguments() {
		if e := c.put32(list+4*uint32(i), text); e != ok {
			return e
		}
		if !c.memory.Write(text, append([]byte(arg), 0)) {
			return errFault
		}
		text += uint32(len(arg)) + 1
	}
	return ok
}

func (c call) environSizesGet() errno { return max(c.put32(c.arg(0), 0), c.put32(c.arg(1), 0)) }

// Clocks.
const (
	clockRealtime  = 0
	clockMonotonic = 1
	clockProcess   = 2
	clockThread    = 3
)

// clockOrigin is what the monotonic clock shows when a run begins: some programs take 0 for no time.
const clockOrigin = time.Second

func (c call) clock(id uint32) (uint64, errno) {
	switch id {
	case clockRealtime:
		return uint64(c.world.Now().Add(c.ahead).UnixNano()), ok
	case clockMonotonic, clockProcess, clockThread:
		return uint64(clockOrigin + c.world.Elapsed()), ok
	}
	return 0, errInvalid
}

func (c call) clockTime() errno {
	now, e := c.clock(c.arg(0))
	if e != ok {
		return e
	}
	return c.put64(c.arg(2), now)
}

func (c call) clockResolution() errno {
	if _, e := c.clock(c.arg(0)); e != ok {
		return e
	}
	return c.put64(c.arg(1), 1)
}

func (c call) randomGet() errno {
	to, there := c.memory.Read(c.arg(0), c.arg(1))
	if !there {
		return errFault
	}
	_, _ = c.random.Read(to) // it does not fail
	return ok
}
