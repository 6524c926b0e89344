package io.nimoshake.testkit.sim;

import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** The one source of chance of a run: same seed, same run. */
final class SimRandom {
  private final SplittableRandom random;

  SimRandom(long seed) {
    random = new SplittableRandom(seed);
  }

  /** One of its own for a thread of its own. */
  SplittableRandom split() {
    return random.split();
  }

  /** Uniform in [0, 1). */
  double next() {
    return random.nextDouble();
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** Uniform from {@code least} to {@code most}, both included. */
  int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  /** Uniform from 0 to {@code bound}, without it. */
  long below(long bound) {
    return random.nextLong(bound);
  }

  <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  @SafeVarargs
  final <T> T oneOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  void shuffle(List<?> list) {
    for (int i = list.size(); i > 1; i--) {
      Collections.swap(list, i - 1, random.nextInt(i));
    }
  }
}
