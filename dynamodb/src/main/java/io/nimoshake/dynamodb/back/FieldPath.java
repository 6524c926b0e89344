package io.nimoshake.dynamodb.back;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** Where in a document a walk is. */
final class FieldPath {
  private final Deque<Object> parts = new ArrayDeque<>();

  void enter(String field) {
    parts.addLast(field);
  }

  void enter(int index) {
    parts.addLast(index);
  }

  void leave() {
    parts.removeLast();
  }

  /** Number of names and indexes from the top level inward. */
  int depth() {
    return parts.size();
  }

  UnfitDocumentException unfit(String reason) {
    StringBuilder text = new StringBuilder();
    for (Iterator<Object> each = parts.iterator(); each.hasNext(); ) {
      Object part = each.next();
      if (part instanceof Integer index) {
        text.append('[').append(index).append(']');
      } else {
        text.append(text.isEmpty() ? "" : ".").append(part);
      }
    }
    return new UnfitDocumentException(text.append(text.isEmpty() ? "" : ": ") + reason);
  }
}
