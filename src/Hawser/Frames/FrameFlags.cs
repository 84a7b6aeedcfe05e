namespace Hawser.Frames;

/// <summary>The high four bits of a frame's first byte.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>CALL: a message follows the headers.</summary>
    HasMessage = 0x10,

    /// <summary>FINISH, RESET: the call certainly did not reach a handler.</summary>
    NotRun = HasMessage,

    /// <summary>ACK: an answer, not a question.</summary>
    Answer = HasMessage,

    /// <summary>CALL, MESSAGE, OCTETS: this side sends nothing more. From the side that serves, it says status OK without trailers.</summary>
    End = 0x20,

    /// <summary>CALL: a timeout and metadata stand before the message.</summary>
    HasHeaders = 0x40,

    /// <summary>MESSAGE: the next MESSAGE of this call continues this message.</summary>
    More = 0x80,
}
