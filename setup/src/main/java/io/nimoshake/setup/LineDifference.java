package io.nimoshake.setup;

import java.util.ArrayList;
import java.util.List;

/** The lines in which two texts differ, by their longest common subsequence. */
final class LineDifference {
  private LineDifference() {}

  /** Lines that went begin with a minus, lines that came with a plus, each with its number. */
  static List<String> of(String before, String now) {
    List<String> old = before.lines().toList();
    List<String> next = now.lines().toList();
    int[][] common = common(old, next);
    List<String> differences = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < old.size() || j < next.size()) {
      if (i < old.size() && j < next.size() && old.get(i).equals(next.get(j))) {
        i++;
        j++;
      } else if (i < old.size() && (j == next.size() || common[i + 1][j] >= common[i][j + 1])) {
        differences.add("- " + (i + 1) + ": " + old.get(i));
        i++;
      } else {
        differences.add("+ " + (j + 1) + ": " + next.get(j));
        j++;
      }
    }
    return differences;
  }

  /** The number of lines that the texts have in common from each pair of lines on. */
  private static int[][] common(List<String> old, List<String> next) {
    int[][] common = new int[old.size() + 1][next.size() + 1];
    for (int i = old.size() - 1; i >= 0; i--) {
      for (int j = next.size() - 1; j >= 0; j--) {
        common[i][j] =
            old.get(i).equals(next.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
