package io.nimoshake.mapping.rule;

import java.util.ArrayList;
import java.util.List;

/**
 * Where an attribute is: its name, or the names of the maps around it and its own. In a mapping
 * file the names are joined by dots; a dot that is part of a name is written {@code \.} and a
 * backslash {@code \\}.
 *
 * @param names from the top level inward; not empty
 */
public record AttributePath(List<String> names) {
  public AttributePath {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a path without names");
    }
  }

  /**
   * Reads a path.
   *
   * @throws IllegalArgumentException with one clear line, if a name is empty or a backslash stands
   *     before something else than a dot or a backslash
   */
  public static AttributePath parse(String text) {
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
        if (next != '.' && next != '\\') {
          throw new IllegalArgumentException(
              "in a path a backslash stands only before a dot or a backslash: " + text);
        }
        name.append(next);
        i++;
      } else if (c == '.') {
        addName(names, name, text);
      } else {
        name.append(c);
      }
    }
    addName(names, name, text);
    return new AttributePath(names);
  }

  private static void addName(List<String> names, StringBuilder name, String text) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a path with an empty name: '" + text + "'");
    }
    names.add(name.toString());
    name.setLength(0);
  }

  /** The name at the top level. */
  public String top() {
    return names.get(0);
  }

  /** The last name. */
  public String last() {
    return names.get(names.size() - 1);
  }

  public boolean isTopLevel() {
    return names.size() == 1;
  }

  public int depth() {
    return names.size();
  }

  /** The path of the map around it; empty for the top level. */
  public List<String> parent() {
    return names.subList(0, names.size() - 1);
  }

  /** Whether the other path is this one or lies inside it. */
  public boolean contains(AttributePath other) {
    return other.depth() >= depth() && other.names.subList(0, depth()).equals(names);
  }

  /** This path once an attribute, which may be a map around it, has another name. */
  public AttributePath renamed(AttributePath attribute, String name) {
    if (!attribute.contains(this)) {
      return this;
    }
    List<String> renamed = new ArrayList<>(names);
    renamed.set(attribute.depth() - 1, name);
    return new AttributePath(renamed);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(text.isEmpty() ? "" : ".").append(name.replace("\\", "\\\\").replace(".", "\\."));
    }
    return text.toString();
  }
}
