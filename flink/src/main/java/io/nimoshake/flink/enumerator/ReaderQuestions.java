package io.nimoshake.flink.enumerator;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Questions to several readers at once, each with a number. What waits for the answers runs when
 * every reader has answered or is gone. For the coordinator's thread.
 */
final class ReaderQuestions {
  private final Map<Long, Question> open = new HashMap<>();

  private record Question(Set<Integer> waitingFor, Runnable done) {}

  /**
   * Notes a question. To be called before it is sent.
   *
   * @param readers who will answer; at least one
   */
  void ask(long number, Set<Integer> readers, Runnable done) {
    open.put(number, new Question(new HashSet<>(readers), done));
  }

  /** A reader has answered. Answers to other questions, and second ones, are ignored. */
  void answered(long number, int reader) {
    Question question = open.get(number);
    if (question != null && question.waitingFor.remove(reader) && question.waitingFor.isEmpty()) {
      open.remove(number);
      question.done.run();
    }
  }

  /** A reader is gone. Nothing of it is left to wait for. */
  void gone(int reader) {
    List.copyOf(open.keySet()).forEach(number -> answered(number, reader));
  }
}
