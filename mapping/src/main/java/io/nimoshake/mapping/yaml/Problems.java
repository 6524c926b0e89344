package io.nimoshake.mapping.yaml;

import io.nimoshake.mapping.rule.Rule.Place;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong with a file, so that all of it is told at once. */
final class Problems {
  private final String file;
  private final List<String> lines = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void add(Node at, String message) {
    add(place(at), message);
  }

  void add(Place at, String message) {
    lines.add(file + ", " + at + ": " + message);
  }

  void add(String message) {
    lines.add(file + ": " + message);
  }

  List<String> lines() {
    return lines;
  }

  static Place place(Node node) {
    return node.getStartMark()
        .map(mark -> new Place(mark.getLine() + 1, mark.getColumn() + 1))
        .orElse(new Place(1, 1));
  }
}
