package client

import (
	"context"

	"turnus/itsm/agreement"
)

// Services lists the services by name.
func (c *Client) Services(ctx context.Context) ([]Resource[agreement.ServiceSpec], error) {
	return list[Resource[agreement.ServiceSpec]](ctx, c, "/v1/services", nil, 0)
}
