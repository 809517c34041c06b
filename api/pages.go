package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"turnus/api/web"
	"turnus/client"
	"turnus/itsm/person"
	"turnus/itsm/text"
)

// addPages adds the pages, as clients of the operations within this process.
func (s *server) addPages(e *echo.Echo) {
	roles := map[string][]person.Role{}
	for id, rule := range s.rules {
		roles[id] = rule.Roles
	}
	s.pages = web.New(web.Config{Store: s.Store, Now: s.Now, Site: s.Site, Version: s.Version, API: s.huma.OpenAPI(), Roles: roles,
		Client: func(w http.ResponseWriter, r *http.Request, who person.Actor, lang text.Lang) *client.Client {
			on := requestOf(r.Context())
			on.actor = who
			return client.Within(inside{handler: e, who: who, id: on.id, outer: w}, lang)
		}})
	for _, p := range s.pages.Routes() {
		e.Add(p.Method, p.Path, func(c echo.Context) error {
			requestOf(c.Request().Context()).operation = p.Name
			timed, cancel := context.WithTimeout(c.Request().Context(), cmp.Or(p.Lasts, requestTime))
			defer cancel()
			in := c.Request().WithContext(timed)
			done := s.takeForm(c, in)
			defer done()
			p.Handle(c.Response(), in, c.Param)
			return nil
		})
	}
}

// forPage says that somebody who reads pages asks for an address.
func forPage(r *http.Request, path string) bool {
	return !strings.HasPrefix(path, "/v1/") && (r.Method == http.MethodGet || r.Method == http.MethodPost) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// showRefusal answers with a page what no operation is registered for, and what
// Echo refuses.
func (s *server) showRefusal(c echo.Context, err error, by *echo.HTTPError) {
	if by != nil && (by.Code == http.StatusNotFound || by.Code == http.StatusMethodNotAllowed) {
		s.pages.Missing(c.Response(), c.Request())
		return
	}
	requestOf(c.Request().Context()).cause = err
	s.pages.Refuse(c.Response(), c.Request(), err)
}
