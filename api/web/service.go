package web

func servicePages() []page { return nil } // /services
