package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/netip"
)

// listen opens addr. Unless remote is set, it must be one that only this machine reaches.
func listen(ctx context.Context, addr string, remote bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w; write it as host:port, like 127.0.0.1:4566", addr, err)
	}
	if !remote {
		if err := checkLoopback(ctx, addr, host); err != nil {
			return nil, err
		}
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; stop what uses the address or choose another, like --addr 127.0.0.1:0 for a free port", addr, err)
	}
	return ln, nil
}

func checkLoopback(ctx context.Context, addr, host string) error {
	refusal := fmt.Errorf("listen on %s: other machines could reach it; use 127.0.0.1, or --allow-remote if that is meant", addr)
	if host == "" {
		return refusal
	}
	if host == "localhost" {
		return nil
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; use an address of this machine, like 127.0.0.1", addr, err)
	}
	for _, ip := range ips {
		if !ip.IsLoopback() {
			return refusal
		}
	}
	return nil
}

// clientAddr is where clients of this machine reach a listener: loopback for one that listens everywhere.
func clientAddr(a net.Addr) string {
	at, err := netip.ParseAddrPort(a.String())
	if err != nil || !at.Addr().IsUnspecified() {
		return a.String()
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port()).String()
}

// sameAddr tells whether a sandbox on got is what was asked for with want; port 0 asks for any.
func sameAddr(want, got string) bool {
	_, port, err := net.SplitHostPort(want)
	return err == nil && port == "0" || want == got
}
