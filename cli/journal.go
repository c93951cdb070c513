package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"eddy/actor/node/journal"
	"eddy/internal/disk"
	"eddy/testbench/report"
)

func (p *program) journalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "journal <directory | file>...",
		Short: "Print what nodes have on their disks, and verify it",
		Long: `Journal prints the journals that nodes keep in the directory of --data: a line for
each record, with the byte at which its batch begins. Records of a batch went to
the disk with one sync. All checksums are verified, and nothing is changed. Exit
status 1 says that a journal is damaged; what is before the damage is printed.

  eddy journal data
  eddy journal --quiet data/n1.journal`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("journal of what? name a journal, or a directory of --data that has some, as in eddy journal data")
			}
			return nil
		},
	}
	quiet := cmd.Flags().Bool("quiet", false, "print a line for each journal, and no records")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		files, err := journalFiles(args)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(os.Stdout)
		damaged := false
		for _, file := range files {
			sound, err := p.printJournal(out, file, *quiet)
			if err != nil {
				return err
			}
			damaged = damaged || !sound
		}
		if err := out.Flush(); err != nil {
			return err
		}
		if damaged {
			return exitStatus(1)
		}
		return nil
	}
	return cmd
}

// journalFiles are the files that are named, and those in the directories that are, in the order of their names.
func journalFiles(args []string) (files []string, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, fmt.Errorf("journal %s: %w; name the directory that --data of the nodes named, or a file in it", arg, err)
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		found, err := filepath.Glob(filepath.Join(arg, "*"+disk.Suffix))
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s has no file *%s: name what --data of the nodes named", arg, disk.Suffix)
		}
		files = append(files, found...)
	}
	return files, nil
}

func (p *program) printJournal(out io.Writer, file string, quiet bool) (sound bool, err error) {
	all, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	c, damage := journal.Read(file, all)
	records := 0
	for _, b := range c.Batches {
		records += len(b.Records)
	}
	if c.Header.Node != "" {
		fmt.Fprintf(out, "%s: %s, format %d, of node %s: %s in %s, %d bytes\n", file, c.Header.Holds, c.Header.Format, c.Header.Node,
			report.Plural(records, "record", "records"), report.Plural(len(c.Batches), "batch", "batches"), c.End)
	}
	if !quiet {
		show := p.recordText(c.Header.Holds)
		for _, b := range c.Batches {
			for _, r := range b.Records {
				fmt.Fprintf(out, "%8d  %s\n", b.Offset, show(r))
			}
		}
	}
	switch {
	case damage != nil:
		fmt.Fprintf(out, "%v\n", damage)
	case c.Torn > 0:
		fmt.Fprintf(out, "%d bytes behind the last batch were torn off by a kill: the next start cuts them off\n", c.Torn)
	}
	return damage == nil, nil
}

// recordText shows records of a service: as they are where they are JSON.
func (p *program) recordText(holds string) func([]byte) string {
	name, _, _ := strings.Cut(holds, " ")
	s, err := p.service(name)
	return func(record []byte) string {
		switch {
		case json.Valid(record):
			return string(record)
		case err == nil && s.Record != nil:
			return s.Record(record)
		}
		return fmt.Sprintf("%q", record)
	}
}
