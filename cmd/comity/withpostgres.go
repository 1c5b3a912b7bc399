package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"comity/localpg"
)

// withPostgres runs a command with TEST_DATABASE_URL naming a fresh server that
// keeps nothing: all test processes of one run share it.
func withPostgres(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("with-postgres needs a command to run")
	}
	root := "/dev/shm"
	if _, err := os.Stat(root); err != nil {
		root = ""
	}
	if root == "" {
		root = os.TempDir()
	}
	dir := filepath.Join(root, fmt.Sprintf("comity-test-%d", os.Getpid()))
	defer os.RemoveAll(dir)
	server, err := localpg.Start(ctx, localpg.Options{DataDir: dir, Settings: localpg.Forgetful(), Say: say})
	if err != nil {
		return fmt.Errorf("start test server: %w", err)
	}
	defer func() { _ = server.Stop() }()
	child := exec.CommandContext(ctx, args[0], args[1:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.Env = append(os.Environ(), "TEST_DATABASE_URL="+server.SuperDSN("postgres"))
	return child.Run()
}

// say tells the person at the terminal.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
