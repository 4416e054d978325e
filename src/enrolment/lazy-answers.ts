/**
 * Words that answer no question: what people type to get past one, and what somebody guessing types first. As
 * `normaliseAnswer` gives them, one word each; an answer of nothing but these is refused, whatever their order.
 */
export const LAZY_WORDS: ReadonlySet<string> = new Set(
  [
    // Dutch: knows none, has none, wants none
    'ja nee neen nee hoor ok oke prima geen geeneen niets niks nop noppes nvt n v t niet van toepassing weet wist weten',
    'ik het dat dit er een de zo maar nog even iets idee geheim geheimpje antwoord vraag mijn me mij',
    'onbekend vergeten leeg zomaar doei hallo hoi dag welkom wachtwoord naam foo bar proef test testen tester blabla bla',
    // English
    'yes no nope nah none nothing null nil empty na n a not applicable dont don t know knows idk dunno unknown secret',
    'answer question my i it is this that some something anything whatever forgot forgotten hello hi',
    'hey welcome password pass name me myself testing tests dummy sample example lorem ipsum foobar blah',
    // Keys in a row
    'abc abcd abcde abcdef abcdefg xyz xxx zzz yyy qwe qwer qwert qwerty qwertyuiop azerty qwertz asd asdf asdfg asdfgh',
    'asdfghjkl zxc zxcv zxcvb zxcvbn zxcvbnm poiuy lkj lkjh mnbv qaz wsx qazwsx abc123 a1b2c3 q1w2e3',
  ].flatMap((line) => line.split(' ')),
);
