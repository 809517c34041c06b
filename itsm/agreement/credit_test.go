package agreement_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
)

func credits() agreement.Credits {
	return agreement.Credits{Fee: agreement.Money{Amount: "12000.00", Currency: "EUR"}, Cap: "20", Several: agreement.Sum,
		Tiers: []agreement.Tier{{Below: "90", Credit: "15"}, {Below: "99.9", Credit: "5"}, {Below: "99.0", Credit: "10"}}}
}

func TestV20CreditAtTheUnroundedValue(t *testing.T) {
	const ast = 43200 * 60
	target := agreement.Target{Name: "availability", Attain: "99.9"}
	for down, want := range map[int64]string{2592: "0", 2593: "5", 2700: "5", 25920: "5", 25921: "10"} {
		require.Equal(t, want, credits().Owed(target, ast-down, ast).RatString(), down)
	}
	for _, down := range []int64{2592, 2593, 2700} { // looked up as it is printed, none of them would cost anything
		require.Equal(t, "99.90", new(big.Rat).Mul(big.NewRat(100, 1), big.NewRat(ast-down, ast)).FloatString(2))
	}
}

func TestOwed(t *testing.T) {
	target := agreement.Target{Name: "p1", Attain: "95"}
	c := credits()
	require.Nil(t, c.Owed(target, 0, 0), "nothing was decided: neither owed nor kept")
	require.Equal(t, "0", c.Owed(target, 95, 100).RatString(), "met, though below the tier of 99.9")
	require.Equal(t, "10", c.Owed(target, 94, 100).RatString())
	require.Equal(t, "15", c.Owed(target, 0, 100).RatString())

	c.Tiers = append(c.Tiers, agreement.Tier{Target: "p1", Below: "80", Credit: "1"})
	require.Equal(t, "0", c.Owed(target, 94, 100).RatString(), "missed, and above every tier of its own")
	require.Equal(t, "1", c.Owed(target, 79, 100).RatString())
	require.Equal(t, "10", c.Owed(agreement.Target{Name: "p2", Attain: "95"}, 94, 100).RatString(), "one without tiers of its own")
	require.Equal(t, "0", agreement.Credits{}.Owed(target, 1, 100).RatString())
}

func TestTotal(t *testing.T) {
	r := func(n int64) *big.Rat { return big.NewRat(n, 2) }
	for _, c := range []struct {
		several agreement.Several
		most    agreement.Decimal
		owed    []*big.Rat
		want    string
		capped  bool
	}{
		{agreement.Sum, "20", []*big.Rat{r(10), nil, r(15)}, "12.50", false},
		{agreement.Highest, "20", []*big.Rat{r(10), nil, r(15), r(3)}, "7.50", false},
		{agreement.Sum, "12.4", []*big.Rat{r(10), r(15)}, "12.40", true},
		{agreement.Sum, "12.5", []*big.Rat{r(10), r(15)}, "12.50", false},
		{agreement.Sum, "", []*big.Rat{r(190), r(190)}, "190.00", false},
		{"", "", []*big.Rat{r(0), nil}, "0.00", false},
		{agreement.Sum, "20", []*big.Rat{nil, nil}, "", false},
		{agreement.Sum, "20", nil, "", false},
	} {
		total, capped := agreement.Credits{Several: c.several, Cap: c.most}.Total(c.owed)
		require.Equal(t, c.capped, capped)
		if c.want == "" {
			require.Nil(t, total)
			continue
		}
		require.Equal(t, c.want, total.FloatString(2))
	}
	require.Equal(t, "840", credits().Amount(big.NewRat(7, 1)).RatString())
	c := credits()
	c.Fee.Amount = "99.99"
	require.Equal(t, "0.3333", c.Amount(big.NewRat(1, 3)).FloatString(4), "exact: nothing is rounded to cents")
}

func TestCreditsCheck(t *testing.T) {
	with := func(c agreement.Credits) agreement.Spec { s := valid(); s.Credits = &c; return s }
	require.NoError(t, with(credits()).Check())
	for field, change := range map[string]func(*agreement.Credits){
		"credits.fee.amount":      func(c *agreement.Credits) { c.Fee.Amount = "0.00" },
		"credits.fee.currency":    func(c *agreement.Credits) { c.Fee.Currency = "eur" },
		"credits.cap":             func(c *agreement.Credits) { c.Cap = "100.000001" },
		"credits.several":         func(c *agreement.Credits) { c.Several = "mean" },
		"credits.tiers":           func(c *agreement.Credits) { c.Tiers = nil },
		"credits.tiers[0].below":  func(c *agreement.Credits) { c.Tiers[0].Below = "0" },
		"credits.tiers[0].credit": func(c *agreement.Credits) { c.Tiers[0].Credit = "101" },
		"credits.tiers[1].below":  func(c *agreement.Credits) { c.Tiers = []agreement.Tier{c.Tiers[0], {Below: "90.0", Credit: "20"}} },
		"credits.tiers[2].credit": func(c *agreement.Credits) { c.Tiers[2].Credit = "15" },
		"credits.tiers[3].target": func(c *agreement.Credits) {
			c.Tiers = append(c.Tiers, agreement.Tier{Target: "p9", Below: "90", Credit: "1"})
		},
		"credits.tiers[3].below": func(c *agreement.Credits) {
			c.Tiers = append(c.Tiers, agreement.Tier{Target: "p1", Below: "95.01", Credit: "1"})
		},
	} {
		c := credits()
		change(&c)
		all := fault.All(with(c).Check())
		require.Len(t, all, 1, field)
		require.Equal(t, field, all[0].Field)
		require.NotEmpty(t, all[0].Message.De)
	}
	two := with(credits())
	two.Targets = append(two.Targets, two.Targets[0])
	two.Targets[1].Name, two.Credits.Several = "p2", ""
	require.ErrorContains(t, two.Check(), "credits.several: ")
	one := with(credits())
	one.Credits.Several = ""
	require.NoError(t, one.Check())
	hostile := with(credits())
	hostile.Targets[0].Attain = "1e999999999"
	hostile.Credits.Tiers[0].Target = "p1"
	require.Error(t, hostile.Check()) // and soon
}

// A declared agreement takes exact decimals in quotes, and nothing else.
func TestCreditsAreDeclaredExactly(t *testing.T) {
	read := func(amount string) (agreement.Credits, error) {
		return resource.Decode[agreement.Credits]("credits", json.RawMessage(`{"fee":{"amount":`+amount+`,"currency":"EUR"},"tiers":[{"below":"99.0","credit":"10"}]}`))
	}
	c, err := read(`"12000.00"`)
	require.NoError(t, err)
	require.Equal(t, agreement.Decimal("12000.00"), c.Fee.Amount)
	b, err := json.Marshal(c)
	require.NoError(t, err)
	require.JSONEq(t, `{"fee":{"amount":"12000.00","currency":"EUR"},"tiers":[{"below":"99.0","credit":"10"}]}`, string(b))
	for _, bad := range []string{`12000.00`, `"1e3"`, `"-1"`, `"12.000,00"`, `""`, `"01"`, `"1."`} {
		_, err = read(bad)
		require.ErrorContains(t, err, "credits.fee.amount: ", bad)
	}
}

// A worse result never costs less.
func TestWorseNeverCostsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := agreement.Credits{Fee: agreement.Money{Amount: "1", Currency: "EUR"}}
		for range rapid.IntRange(1, 4).Draw(t, "tiers") {
			c.Tiers = append(c.Tiers, agreement.Tier{
				Below:  agreement.Decimal(rapid.SampledFrom([]string{"50", "80", "90.5", "99", "100"}).Draw(t, "below")),
				Credit: agreement.Decimal(rapid.SampledFrom([]string{"1", "5", "7.5", "30", "100"}).Draw(t, "credit"))})
		}
		target := agreement.Target{Name: "p", Attain: json.Number(rapid.SampledFrom([]string{"50", "95", "100"}).Draw(t, "attain"))}
		if c.Check([]agreement.Target{target}) != nil {
			return
		}
		n := rapid.Int64Range(1, 200).Draw(t, "n")
		a := rapid.Int64Range(0, n).Draw(t, "a")
		b := rapid.Int64Range(0, n).Draw(t, "b")
		if better, worse := c.Owed(target, max(a, b), n), c.Owed(target, min(a, b), n); worse.Cmp(better) < 0 {
			t.Fatalf("%d of %d owes %s, %d owes %s", min(a, b), n, worse, max(a, b), better)
		}
	})
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "12000.00", "0.000001", "1e9", "-1", "", ".", "99.9\n", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := agreement.ParseDecimal(s)
		if err != nil {
			require.NotNil(t, fault.As(err))
			require.Nil(t, agreement.Decimal(s).Rat())
			return
		}
		back, ok := new(big.Rat).SetString(s)
		require.True(t, ok)
		require.Zero(t, back.Cmp(d.Rat()))
		require.GreaterOrEqual(t, back.Sign(), 0)
	})
}
