package io.nimoshake.mapping.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that somebody who mistyped one may have meant. */
public final class Words {
  private static final int LETTERS_FOR_EACH_MISTAKE = 3;

  private Words() {}

  /** The nearest of some words, if one is near: at most one letter, or a third of them, differ. */
  public static Optional<String> nearest(String word, Collection<String> known) {
    return known.stream()
        .filter(
            other ->
                distance(word, other) <= Math.max(1, other.length() / LETTERS_FOR_EACH_MISTAKE))
        .min(Comparator.comparingInt(other -> distance(word, other)));
  }

  /** Letters to insert, remove or replace to make the one word from the other (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
