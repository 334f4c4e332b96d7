package s3

import "github.com/johannesboyne/gofakes3"

// frontOnly answers the part of gofakes3.Backend that no request reaches, because handler.route answers
// those operations itself: the library's HEAD ignores versions, its listings count and encode
// differently, its batch deletion does not report markers, it has no version "null", it refuses good
// names of buckets, and it names an owner of its own.
type frontOnly struct{}

var errFront = fail("MethodNotAllowed", "")

func (frontOnly) ListBucket(string, *gofakes3.Prefix, gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	return nil, errFront
}

func (frontOnly) ListBuckets() ([]gofakes3.BucketInfo, error) { return nil, errFront }

func (frontOnly) DeleteBucket(string) error { return errFront }

func (frontOnly) CreateBucket(string) error { return errFront }

func (frontOnly) ForceDeleteBucket(string) error { return errFront }

func (frontOnly) GetObject(string, string, *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	return nil, errFront
}

func (frontOnly) HeadObject(string, string) (*gofakes3.Object, error) { return nil, errFront }

func (frontOnly) DeleteObject(string, string) (gofakes3.ObjectDeleteResult, error) {
	return gofakes3.ObjectDeleteResult{}, errFront
}

func (frontOnly) DeleteMulti(string, ...string) (gofakes3.MultiDeleteResult, error) {
	return gofakes3.MultiDeleteResult{}, errFront
}

func (frontOnly) CopyObject(string, string, string, string, map[string]string) (gofakes3.CopyObjectResult, error) {
	return gofakes3.CopyObjectResult{}, errFront
}
