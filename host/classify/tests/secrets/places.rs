//! Texts in which secrets stand: settings, code, headers, addresses, sentences.
//!
//! `{}` is the secret; `{NAME}`, `{name}`, `{camel}`, `{kebab}` and `{words}` are what it is called, in each way of
//! writing.

/// Where any token can stand.
pub(crate) const PLACES: &[&str] = &[
    "# settings\nDEBUG=true\n{NAME}={}\nPORT=8080\n",
    "{\"debug\": true, \"{name}\": \"{}\", \"port\": 8080}",
    "app:\n  {kebab}: {}\n  port: 8080\n",
    "curl -s https://api.acme.io/v1/items -H \"X-{kebab}: {}\" | jq .",
    "Hi, the {words} is {} and it worked until Friday. Can you see why the call fails now?",
    "import os\n\n{name} = \"{}\"\nclient = Client({name})\n",
    "const {camel} = '{}';\nawait run({camel});",
    "    private static final String {NAME} = \"{}\";",
    "const {NAME}: &str = \"{}\";\nfn main() {}",
    "os.Setenv(\"{NAME}\", \"{}\")",
    "return [\n    '{name}' => '{}',\n];",
    "export {NAME}=\"{}\" && make deploy",
    "https://api.acme.io/v1/items?{name}={}&page=2",
    "WARN request failed {name}={} status=401",
    "Set `{NAME}`: `{}` in the console.",
    "<settings><{camel}>{}</{camel}></settings>",
    "Unser {words}: {} – bitte prüfen.",
    "| {words} | {} |\n| region | eu-1 |",
    "provider \"acme\" {\n  {name} = \"{}\"\n}",
    "let {camel}: string = \"{}\";",
];

/// `place` with the secret in it, and where that is, in code points.
pub(crate) fn placed(place: &str, name: &str, secret: &str) -> (String, (usize, usize)) {
    let words: Vec<&str> = name.split([' ', '_', '-']).collect();
    let capital =
        |word: &&str| format!("{}{}", word.get(..1).unwrap().to_uppercase(), word.get(1..).unwrap());
    let camel =
        [words[0].to_owned()].into_iter().chain(words.iter().skip(1).map(capital)).collect::<String>();
    let text = place
        .replace("{NAME}", &words.join("_").to_uppercase())
        .replace("{name}", &words.join("_"))
        .replace("{camel}", &camel)
        .replace("{kebab}", &words.iter().map(capital).collect::<Vec<_>>().join("-"))
        .replace("{words}", &words.join(" "));
    let (before, after) = text.split_once("{}").unwrap();
    let (before, after) = (braces(before), braces(after));
    let start = before.chars().count();
    (format!("{before}{secret}{after}"), (start, start + secret.chars().count()))
}

fn braces(text: &str) -> String {
    text.replace("{{", "{").replace("}}", "}")
}
