package cli

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"path"
	"strings"
	"syscall"
	"time"

	"eddy/testbench/play"
)

// playServer shows the page of play to the browsers of this machine, and answers what it asks. Nothing but the page and
// its requests is served, to nobody who does not have the token, and to no page of another origin.
type playServer struct {
	token string
	hosts []string // that a browser may call this server
	ask   chan<- asked
}

// asked is a request, and where its answer goes.
type asked struct {
	request []byte
	answer  chan<- []byte
}

// requestBytesMax is the length of the longest request.
const requestBytesMax = 1 << 20

// askPatience is how long a request may wait for those before it.
const askPatience = 10 * time.Minute

// listenForPlay takes a port of the loopback interface: the given one, or any that is free if it is 0.
func listenForPlay(port int) (net.Listener, error) {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("port %d is in use by another program: choose another --port, or leave it out for one that is free", port)
	case err != nil:
		return nil, fmt.Errorf("listen on port %d: %w; choose another --port", port, err)
	}
	return l, nil
}

// newPlayServer makes the server of a listener, with a bench that answers on a goroutine of its own until the process ends.
func newPlayServer(l net.Listener, bench *play.Bench) *playServer {
	_, port, _ := net.SplitHostPort(l.Addr().String())
	ask := make(chan asked)
	go func() {
		for a := range ask {
			a.answer <- bench.Answer(a.request)
		}
	}()
	return &playServer{token: rand.Text(), hosts: []string{"127.0.0.1:" + port, "localhost:" + port}, ask: ask}
}

// address is that of the page.
func (s *playServer) address() string { return "http://" + s.hosts[0] + "/" + s.token + "/" }

// pagePolicy keeps the page to itself: no other origin gives it anything, gets anything from it, or frames it.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP is part of [http.Handler].
func (s *playServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if why := s.refuses(r); why != "" {
		http.Error(w, why, http.StatusForbidden)
		return
	}
	switch _, name, whole := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); {
	case !whole:
		http.Redirect(w, r, "/"+s.token+"/", http.StatusMovedPermanently)
	case name == "ask" && r.Method == http.MethodPost:
		s.answer(w, r)
	case name == "ask":
		http.Error(w, "requests are sent with POST", http.StatusMethodNotAllowed)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, "the page is fetched with GET", http.StatusMethodNotAllowed)
	default:
		if name == "" {
			name = "page.html"
		}
		text, ok := play.PageFile(name)
		if !ok {
			http.NotFound(w, r)
			return
		}
		h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		_, _ = w.Write(text)
	}
}

// refuses says why a request is not answered; empty if it is. The host must be this machine's, so that no name that
// another resolves to it will do; the origin, which browsers name for what other pages send, this server's.
func (s *playServer) refuses(r *http.Request) string {
	known := false
	for _, host := range s.hosts {
		known = known || r.Host == host
	}
	token, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	origin := r.Header.Get("Origin")
	site := r.Header.Get("Sec-Fetch-Site")
	switch {
	case !known:
		return "this page is served to this machine only: open the address that eddy play printed"
	case origin != "" && origin != "http://"+r.Host, site != "" && site != "same-origin" && site != "none":
		return "another page has asked for this one: open the address that eddy play printed"
	case subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) != 1:
		return "the address lacks its token, or has that of an eddy play that has ended: open the address that the one that runs has printed"
	}
	return ""
}

func (s *playServer) answer(w http.ResponseWriter, r *http.Request) {
	request, err := io.ReadAll(http.MaxBytesReader(w, r.Body, requestBytesMax))
	if err != nil {
		http.Error(w, "the request could not be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	answer := make(chan []byte, 1)
	select {
	case s.ask <- asked{request, answer}:
	case <-r.Context().Done():
		return
	case <-time.After(askPatience):
		http.Error(w, "eddy is busy with an earlier request: wait, or start eddy play again", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(<-answer)
}
