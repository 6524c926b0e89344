package io.nimoshake.app.e2e;

/** A sync under test, whatever runs it: the program, or a job with its processes. */
interface Sync extends AutoCloseable {
  boolean isAlive();

  /** All that it has logged so far, and why it ended if it did. */
  String output();

  /** Waits until it has checked both sides and begun. */
  void awaitStarted();

  /** Ends it in the midst of its work. */
  void kill9() throws Exception;

  /** Has it drain and end; the exit code. */
  int terminate() throws Exception;

  /** Waits for its end; the exit code: 0 if all went well. */
  int awaitExit() throws Exception;

  @Override
  void close();
}
