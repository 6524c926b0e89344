package io.nimoshake.testkit.fault;

import java.time.Duration;

/** What {@link FaultProxy} can do to a connection. */
public sealed interface TcpFault extends InjectedFault {
  /** Which way bytes flow. */
  enum Side {
    /** From the client to the server. */
    REQUEST,
    /** From the server to the client. */
    REPLY
  }

  /** The connection is reset as soon as it is made; the server does not see it. */
  record Refuse() implements TcpFault {
    @Override
    public String kind() {
      return "refuse";
    }
  }

  /**
   * The connection is reset, as by a crashed host.
   *
   * @param afterBytes how many more bytes pass on that side before
   */
  record Reset(Side side, long afterBytes) implements TcpFault {
    @Override
    public String kind() {
      return "reset";
    }
  }

  /**
   * The connection is closed in an orderly way, as by a server that stops.
   *
   * @param afterBytes how many more bytes pass on that side before
   */
  record Cut(Side side, long afterBytes) implements TcpFault {
    @Override
    public String kind() {
      return "cut";
    }
  }

  /** Half of the next piece of a reply passes, then the connection is reset. */
  record HalfReply() implements TcpFault {
    @Override
    public String kind() {
      return "half_reply";
    }
  }

  /** The next piece of a reply is held back for a while. */
  record Delay(Duration by) implements TcpFault {
    @Override
    public String kind() {
      return "delay";
    }
  }
}
