package io.nimoshake.setup.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a placeholder for an attribute name in the filter expression stands for.
 *
 * @param placeholder its name in the expression, with the #
 * @param attribute the name of the attribute
 */
public record FilterName(String placeholder, String attribute) {
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*(?<placeholder>#?[A-Za-z0-9_]+)\\s*=\\s*"
              + "(?:\"(?<quoted>[^\"]+)\"|(?<plain>[^,\"\\s](?:[^,\"]*[^,\"\\s])?))\\s*(?:,|$)");
  private static final String FORM = "#name = attribute, separated by commas";

  static final ValueType<List<FilterName>> LIST = new ValueType<>(FORM, FilterName::parseAll);

  private static List<FilterName> parseAll(String text) throws BadValue {
    List<FilterName> all = new ArrayList<>();
    Set<String> placeholders = new HashSet<>();
    Matcher entry = ENTRY.matcher(text);
    int from = 0;
    while (from < text.length()) {
      if (!entry.region(from, text.length()).lookingAt()) {
        throw new BadValue(
            "must be " + FORM + "; an attribute with a comma in its name is in double quotes");
      }
      String written = entry.group("placeholder");
      String placeholder = written.startsWith("#") ? written : "#" + written;
      if (!placeholders.add(placeholder)) {
        throw new BadValue("has " + placeholder + " twice");
      }
      String quoted = entry.group("quoted");
      all.add(new FilterName(placeholder, quoted == null ? entry.group("plain") : quoted));
      from = entry.end();
    }
    return List.copyOf(all);
  }
}
