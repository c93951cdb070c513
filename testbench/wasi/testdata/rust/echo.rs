use std::io::{self, BufRead, Write};

// The value of a string or number field, as it is written in the line.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let key = format!("\"{}\":", name);
    let rest = line[line.find(&key)? + key.len()..].trim_start();
    let end = if rest.starts_with('"') { rest[1..].find('"')? + 2 } else { rest.find(|c| c == ',' || c == '}')? };
    Some(&rest[..end])
}

fn main() {
    let mut id = String::new();
    for line in io::stdin().lock().lines() {
        let line = line.unwrap();
        let (src, msg) = (field(&line, "src").unwrap(), field(&line, "msg_id").unwrap());
        let body = match field(&line, "type").unwrap() {
            "\"init\"" => {
                id = field(&line, "node_id").unwrap().to_string();
                String::from("\"type\":\"init_ok\"")
            }
            "\"echo\"" => format!("\"type\":\"echo_ok\",\"echo\":{}", field(&line, "echo").unwrap()),
            other => panic!("no such type: {}", other),
        };
        println!("{{\"src\":{},\"dest\":{},\"body\":{{{},\"in_reply_to\":{}}}}}", id, src, body, msg);
        io::stdout().flush().unwrap();
    }
}
