package temporal

import (
	"crypto/rand"
	"crypto/subtle"
	"net"
	"net/http"

	"github.com/labstack/echo/v4"
)

// secretParam is where the address of the Web UI carries its secret.
const secretParam = "secret"

// guard asks for the secret of this start: in the address that a person opens
// first, then in a cookie. Each start has another, as it has another port.
type guard struct {
	secret string
	cookie string // its name; browsers don't tell ports apart, so it holds ours
	where  string // what is to be opened instead
}

func newGuard(address, where string) guard {
	_, port, _ := net.SplitHostPort(address)
	return guard{secret: rand.Text(), cookie: "temporal-ui-" + port, where: where}
}

func (g guard) middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		// The address with the secret is answered with one without it, so that
		// no page has it and none is told as a Referer.
		if given := c.QueryParam(secretParam); given != "" && c.Request().Method == http.MethodGet && c.Request().URL.Path == "/" {
			if !g.is(given) {
				return g.refuse(c)
			}
			c.SetCookie(&http.Cookie{Name: g.cookie, Value: g.secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
			c.Response().Header().Set("Cache-Control", "no-store")
			c.Response().Header().Set("Referrer-Policy", "no-referrer")
			return c.Redirect(http.StatusSeeOther, "/")
		}
		if cookie, err := c.Cookie(g.cookie); err != nil || !g.is(cookie.Value) {
			return g.refuse(c)
		}
		return next(c)
	}
}

func (g guard) is(given string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(g.secret)) == 1
}

func (g guard) refuse(c echo.Context) error {
	return c.String(http.StatusUnauthorized, "Temporal's Web UI asks for the secret of this start: open the address that stands in "+g.where+".\n")
}
