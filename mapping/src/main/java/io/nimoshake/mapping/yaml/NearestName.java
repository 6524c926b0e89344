package io.nimoshake.mapping.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that a user probably meant: of a key, a table, a command, a word of a file. */
public final class NearestName {
  private NearestName() {}

  /**
   * The known name that is closest to a mistyped one. Two mistakes, or one in three letters, may
   * keep them apart, but in a short name no more than half of the letters.
   */
  public static Optional<String> of(String mistyped, Collection<String> known) {
    return known.stream()
        .filter(name -> distance(name, mistyped) <= tolerated(name, mistyped))
        .min(Comparator.comparingInt(name -> distance(name, mistyped)));
  }

  private static int tolerated(String name, String mistyped) {
    int half = Math.min(name.length(), mistyped.length()) / 2;
    return Math.min(half, Math.max(2, name.length() / 3));
  }

  /** The same as the end of a sentence: {@code "; did you mean NAME?"}, or nothing. */
  public static String suggestion(String mistyped, Collection<String> known) {
    return of(mistyped, known).map(name -> "; did you mean " + name + "?").orElse("");
  }

  /** Levenshtein distance: the fewest insertions, deletions and replacements of a character. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
