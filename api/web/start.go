package web

func startPages() []page { return nil } // /start
