package web

func findingPages() []page { return nil } // /findings and /actions
