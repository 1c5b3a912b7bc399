package comity_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestComposeFile parses docker-compose.yml: no engine runs in tests, so this is
// what holds its services to the commands and variables that exist.
func TestComposeFile(t *testing.T) {
	data, err := os.ReadFile("docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			Command     []string          `yaml:"command"`
			Environment map[string]string `yaml:"environment"`
			DependsOn   map[string]any    `yaml:"depends_on"`
		} `yaml:"services"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "migrate", "serve", "worker"} {
		if _, ok := file.Services[name]; !ok {
			t.Errorf("there is no service %s", name)
		}
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, service := range file.Services {
		if name == "postgres" {
			if !slices.Contains(service.Command, "synchronous_commit=on") || !slices.Contains(service.Command, "fsync=on") {
				t.Error("postgres would lose acknowledged writes")
			}
			continue
		}
		if len(service.Command) != 1 || service.Command[0] != name {
			t.Errorf("service %s runs %v", name, service.Command)
		}
		for variable := range service.Environment {
			if !strings.Contains(string(readme), "`"+variable+"`") {
				t.Errorf("service %s sets %s, which the README's table does not know", name, variable)
			}
		}
	}
}
