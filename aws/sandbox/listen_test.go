package sandbox

import (
	"net"
	"testing"
)

func TestClientAddr(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		ip   net.IP
		want string
	}{
		{net.IPv4(127, 0, 0, 1), "127.0.0.1:4566"},
		{net.IPv4(192, 0, 2, 7), "192.0.2.7:4566"},
		{net.IPv4zero, "127.0.0.1:4566"},
		{net.IPv6unspecified, "127.0.0.1:4566"},
		{net.IPv6loopback, "[::1]:4566"},
	} {
		if got := clientAddr(&net.TCPAddr{IP: tt.ip, Port: 4566}); got != tt.want {
			t.Errorf("clients reach %v at %s, want %s", tt.ip, got, tt.want)
		}
	}
}

func TestListenOnlyOnLoopback(t *testing.T) {
	t.Parallel()
	for addr, allowed := range map[string]bool{"127.0.0.1:0": true, "127.9.9.9:0": true, "[::1]:0": true, "localhost:0": true,
		":0": false, "0.0.0.0:0": false, "[::]:0": false, "192.0.2.7:0": false} {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkLoopback(t.Context(), addr, host); (err == nil) != allowed {
			t.Errorf("%s: %v, want allowed %t", addr, err, allowed)
		}
	}
}

func TestSameAddr(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		want, got string
		same      bool
	}{{"127.0.0.1:0", "127.0.0.1:4566", true}, {"127.0.0.1:4566", "127.0.0.1:4566", true}, {"127.0.0.1:4567", "127.0.0.1:4566", false}} {
		if sameAddr(tt.want, tt.got) != tt.same {
			t.Errorf("%+v", tt)
		}
	}
}
