package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"comity/api"
	"comity/openapi"
	"comity/portal"
	"comity/repository"
)

// serve runs the HTTP server on DATABASE_URL until it is told to stop.
func serve(ctx context.Context, _ []string) error {
	return withApp(ctx, func(a *app) error { return a.serve(ctx, func() {}) })
}

// grace is how long requests that were begun may take when the server stops.
const grace = 15 * time.Second

// serve answers requests until ctx ends; up is told when it listens.
func (a *app) serve(ctx context.Context, up func()) error {
	gin.SetMode(gin.ReleaseMode)
	requests := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "comity_request_seconds", Help: "Time to answer, by status and method.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
	}, []string{"code", "method"})
	handler, err := a.handler()
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: timed(handler, requests), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 60 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", a.config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	go a.serveMetrics(ctx, requests)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	up()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}

// handler is the whole of what is served: the API and the debtor's pages.
func (a *app) handler() (http.Handler, error) {
	tokens, err := api.NewTokens(a.tokens.kid, a.tokens.private, nil, time.Now)
	if err != nil {
		return nil, err
	}
	inbound, err := a.config.inbound()
	if err != nil {
		return nil, err
	}
	door := &portal.Door{Links: a.links, FindLink: a.db.FindLink, Now: time.Now}
	router := api.New(api.Options{
		Inbound: inbound, Enter: door.Enter, Cards: a.cards.desk, TakesCards: a.cards.takes, Calendar: portal.Calendar,
		Access: a.access, Market: a.market, Cases: a.cases, Tokens: tokens, Now: time.Now, Log: a.log, OpenAPI: openapi.Document, Proxies: a.config.Proxies,
		Ready:  func(r *http.Request) error { return a.db.Ping(r.Context()) },
		Secret: func() string { return "sbx-" + secret(12) },
	})
	pages := portal.New(portal.Options{Cases: a.cases, Mediations: a.market, Door: door, Cards: a.cards.takes, Log: a.log, Random: randomBytes, Proxies: a.config.Proxies})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/d/") {
			pages.ServeHTTP(w, r)
			return
		}
		router.ServeHTTP(w, r)
	}), nil
}

// inbound checks who delivers mail; nil where nobody does.
func (c config) inbound() (*webhooks.Webhook, error) {
	if c.InboundKey == "" {
		return nil, nil //nolint:nilnil // nobody delivers mail
	}
	const fewest = 24 // bytes, as Standard Webhooks wants them: with fewer anybody signs
	encoded, ok := strings.CutPrefix(c.InboundKey, "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < fewest {
		return nil, fmt.Errorf("COMITY_INBOUND_SECRET is not a secret of Standard Webhooks: whsec_ and base64 of at least %d bytes", fewest)
	}
	hook, err := webhooks.NewWebhookRaw(key)
	if err != nil {
		return nil, fmt.Errorf("set up the door for mail: %w", err)
	}
	return hook, nil
}

// timed measures answers.
func timed(next http.Handler, seconds *prometheus.HistogramVec) http.Handler {
	return promhttp.InstrumentHandlerDuration(seconds, next)
}

// serveMetrics answers /metrics on an address of its own, which is loopback
// unless somebody decides otherwise.
func (a *app) serveMetrics(ctx context.Context, mine ...prometheus.Collector) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(mine...)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server := &http.Server{Addr: a.config.Metrics, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		a.log.ErrorContext(ctx, "metrics are not served", "error", err)
	}
}

// migrate brings the schema up to date, as the owner.
func migrate(ctx context.Context, _ []string) error {
	c, err := readConfig()
	if err != nil {
		return err
	}
	if c.MigrateURL == "" {
		return errors.New("MIGRATE_DATABASE_URL is required: the owner's address (a role with CREATEROLE and BYPASSRLS)")
	}
	return repository.Migrate(ctx, c.MigrateURL)
}

// operator makes a user of the platform and prints its password, once.
func operator(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: comity operator EMAIL NAME")
	}
	return withApp(ctx, func(a *app) error {
		password := secret(12)
		if _, err := a.access.MakeOperator(ctx, args[0], args[1], password, time.Now().UTC()); err != nil {
			return err
		}
		fmt.Println("password:", password)
		return nil
	})
}
