package web

func planPages() []page { return nil } // /plan
