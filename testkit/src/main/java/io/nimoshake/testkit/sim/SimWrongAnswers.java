package io.nimoshake.testkit.sim;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Answers that are wrong for a moment, as those of a service that is eventually consistent: once
 * for each thing that can be asked, so that whoever asks again for long enough learns the truth.
 */
final class SimWrongAnswers {
  private final SimLoop loop;
  private final SimFaults faults;
  private final double rate;
  private final Duration longest;
  private final Map<String, Long> wrongUntilNanos = new HashMap<>();

  /**
   * @param rate share of answers that begin to be wrong
   * @param longest how long they stay so at most; zero for one answer only
   */
  SimWrongAnswers(SimLoop loop, SimFaults faults, double rate, Duration longest) {
    this.loop = loop;
    this.faults = faults;
    this.rate = rate;
    this.longest = longest;
  }

  /**
   * Whether the answer to a question that is asked now is wrong.
   *
   * @param question the same text for the same question
   */
  boolean isWrong(String question) {
    Long until = wrongUntilNanos.get(question);
    if (until != null) {
      return !faults.isOver() && loop.nanoTime() < until;
    }
    if (rate == 0 || !faults.chance(rate)) {
      return false;
    }
    long lasts = longest.isZero() ? 0 : loop.random().below(longest.toNanos());
    wrongUntilNanos.put(question, loop.nanoTime() + lasts);
    loop.trace("source: wrong for " + Duration.ofNanos(lasts) + " about " + question);
    return true;
  }
}
