package io.nimoshake.dynamodb.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a check on many random items; every run uses the same items. An item that fails is reduced
 * to the smallest one that still fails, and reported with its seed. {@code -Dseed=} runs a single
 * seed, {@code -Ditems=} sets the number of items and {@code -Dseed.first=} the first seed.
 */
final class ForItems {
  /** A check of an item; it makes further random choices from the seed. */
  interface Check {
    void run(Attr.M item, long seed) throws Exception;
  }

  private ForItems() {}

  static void check(int usualCount, Check check) {
    int count = Integer.getInteger("items", usualCount);
    Long only = Long.getLong("seed");
    long first = only != null ? only : Long.getLong("seed.first", 1);
    for (long seed = first; seed < first + (only != null ? 1 : count); seed++) {
      Attr.M item = Items.keyed(seed);
      Optional<Throwable> failure = failure(check, item, seed);
      if (failure.isPresent()) {
        Attr.M smallest = shrink(check, item, seed);
        throw new AssertionError(
            "seed " + seed + ", at its smallest " + Attr.Spelling.item(smallest, seed),
            failure(check, smallest, seed).orElse(failure.get()));
      }
    }
  }

  private static Optional<Throwable> failure(Check check, Attr.M item, long seed) {
    try {
      check.run(item, seed);
      return Optional.empty();
      // Every exception is a failure of the check.
    } catch (Exception | AssertionError | StackOverflowError e) {
      return Optional.of(e);
    }
  }

  private static Attr.M shrink(Check check, Attr.M item, long seed) {
    Attr.M smallest = item;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (Attr candidate : simpler(smallest)) {
        Attr.M next = (Attr.M) candidate;
        if (hasKey(next) && failure(check, next, seed).isPresent()) {
          smallest = next;
          smaller = true;
          break;
        }
      }
    }
    return smallest;
  }

  private static boolean hasKey(Attr.M item) {
    return item.entries().get("id") instanceof Attr.S && item.entries().get("n") instanceof Attr.N;
  }

  /** The value with one part removed or made shorter. */
  static List<Attr> simpler(Attr value) {
    List<Attr> simpler = new ArrayList<>();
    if (value instanceof Attr.S s && !s.text().isEmpty()) {
      int half =
          s.text().offsetByCodePoints(0, (s.text().codePointCount(0, s.text().length()) + 1) / 2);
      simpler.add(new Attr.S(s.text().substring(half)));
      simpler.add(
          new Attr.S(s.text().substring(0, s.text().offsetByCodePoints(s.text().length(), -1))));
    } else if (value instanceof Attr.N n && !n.spelling().equals("1")) {
      simpler.add(new Attr.N("1"));
    } else if (value instanceof Attr.B b && !b.bytes().isEmpty()) {
      simpler.add(new Attr.B(b.bytes().subList(1, b.bytes().size())));
    } else if (value instanceof Attr.L l) {
      simpler.addAll(l.elements());
      shorter(l.elements()).forEach(elements -> simpler.add(new Attr.L(elements)));
    } else if (value instanceof Attr.Multi set && set.elements().size() > 1) {
      shorter(set.elements())
          .forEach(elements -> simpler.add(new Attr.Multi(set.descriptor(), elements)));
    } else if (value instanceof Attr.M m) {
      for (String name : m.entries().keySet()) {
        Map<String, Attr> less = new LinkedHashMap<>(m.entries());
        less.remove(name);
        simpler.add(new Attr.M(less));
        for (Attr with : simpler(m.entries().get(name))) {
          Map<String, Attr> other = new LinkedHashMap<>(m.entries());
          other.put(name, with);
          simpler.add(new Attr.M(other));
        }
      }
    }
    return simpler;
  }

  private static List<List<Attr>> shorter(List<Attr> elements) {
    List<List<Attr>> shorter = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      List<Attr> less = new ArrayList<>(elements);
      less.remove(i);
      shorter.add(less);
    }
    return shorter;
  }
}
