//! Reads the SVG that charts are written in, and no other.

/// One element.
#[derive(Debug)]
pub(super) struct Element<'s> {
    pub(super) name: &'s str,
    attributes: Vec<(&'s str, &'s str)>,
    /// Its own text, without that of the elements inside it.
    pub(super) text: String,
}

impl<'s> Element<'s> {
    /// `name attribute="value" …`, as it stands between angle brackets.
    fn read(tag: &'s str) -> Result<Self, String> {
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while let Some((attribute, after)) = rest.split_once("=\"") {
            let (value, after) =
                after.split_once('"').ok_or_else(|| format!("an attribute of `{name}` does not end"))?;
            attributes.push((attribute.trim_start(), value));
            rest = after;
        }
        Ok(Self { name, attributes, text: String::new() })
    }

    /// An attribute as it is written: none that a chart is drawn by has entities.
    pub(super) fn attribute(&self, name: &str) -> Option<&'s str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// An attribute that is a number; 0 where it is missing.
    pub(super) fn number(&self, name: &str) -> Result<f32, String> {
        self.attribute(name).map_or(Ok(0.0), number)
    }
}

/// Every element of a chart, in the order in which they begin: `<svg>` first.
pub(super) fn elements(svg: &str) -> Result<Vec<Element<'_>>, String> {
    let mut elements: Vec<Element<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    // Neither texts nor attributes hold an angle bracket: they are written as entities.
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').ok_or("a tag does not end")?;
        if let Some(name) = tag.strip_prefix('/') {
            let begun = open.pop().and_then(|at| elements.get(at)).map(|element| element.name);
            if begun != Some(name) {
                return Err(format!("`{name}` ends and has not begun"));
            }
        } else if let Some(tag) = tag.strip_suffix('/') {
            elements.push(Element::read(tag)?);
        } else {
            open.push(elements.len());
            elements.push(Element::read(tag)?);
        }
        if let Some(element) = open.last().and_then(|at| elements.get_mut(*at)) {
            push_unescaped(&mut element.text, text);
        }
    }
    match elements.first() {
        Some(root) if root.name == "svg" && open.is_empty() => Ok(elements),
        _ => Err("it is no whole `svg`".to_owned()),
    }
}

fn push_unescaped(out: &mut String, text: &str) {
    if text.contains('&') {
        let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        out.push_str(&plain);
    } else {
        out.push_str(text);
    }
}

/// A number as charts write it.
pub(super) fn number(text: &str) -> Result<f32, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

/// Numbers with blanks between them.
pub(super) fn numbers(text: &str) -> Result<Vec<f32>, String> {
    text.split_ascii_whitespace().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_are_read_as_they_were_meant() {
        let svg = "<svg viewBox=\"0 0 1 2\"><rect x=\"1\" y=\"-2.5\"><title>a</title></rect>\
                   <text class=\"c-ink b\"><title>whole</title>a &lt;b&gt; &amp;lt;</text></svg>";
        let elements = elements(svg).unwrap();
        let names: Vec<&str> = elements.iter().map(|element| element.name).collect();
        assert_eq!(names, ["svg", "rect", "title", "text", "title"]);
        assert_eq!(elements[1].number("y"), Ok(-2.5));
        assert_eq!(elements[1].number("rx"), Ok(0.0));
        assert_eq!((elements[1].text.as_str(), elements[2].text.as_str()), ("", "a"));
        assert_eq!((elements[3].attribute("class"), elements[3].text.as_str()), (Some("c-ink b"), "a <b> &lt;"));
    }

    #[test]
    fn what_is_no_whole_chart_is_refused() {
        for broken in ["", "no picture", "<svg>", "<svg><rect></svg>", "<rect/>", "<svg", "<svg x=\"1></svg>", "</svg>"]
        {
            assert!(elements(broken).is_err(), "{broken}");
        }
    }
}
