package s3

import "encoding/binary"

// crcPolynomials are the CRCs among the checksums, bit-reversed.
var crcPolynomials = map[string]uint64{"crc32": 0xedb88320, "crc32c": 0x82f63b78, "crc64nvme": 0x9a6c9329ac4bc9b5}

// matrix is a linear map on the bits of a CRC, one column for each bit.
type matrix []uint64

func (m matrix) times(v uint64) (sum uint64) {
	for i := 0; v != 0; i, v = i+1, v>>1 {
		if v&1 != 0 {
			sum ^= m[i]
		}
	}
	return sum
}

func (m matrix) square() matrix {
	s := make(matrix, len(m))
	for i, column := range m {
		s[i] = m.times(column)
	}
	return s
}

// combineCRC is the CRC of two contents one behind the other, of which the second has n bytes: appending a zero bit is a
// linear map of the first CRC, and its powers are found by squaring.
func combineCRC(algorithm string, first, second []byte, n int64) []byte {
	width := len(first) * 8
	m := make(matrix, width)
	m[0] = crcPolynomials[algorithm]
	for i := 1; i < width; i++ {
		m[i] = 1 << (i - 1)
	}
	m = m.square().square().square() // one zero byte
	crc := bigEndian(first)
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			crc = m.times(crc)
		}
		m = m.square()
	}
	b := binary.BigEndian.AppendUint64(nil, crc^bigEndian(second))
	return b[8-len(first):]
}

func bigEndian(b []byte) uint64 {
	var v uint64
	for _, x := range b {
		v = v<<8 | uint64(x)
	}
	return v
}
