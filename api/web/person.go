package web

func personPages() []page { return nil } // /me
