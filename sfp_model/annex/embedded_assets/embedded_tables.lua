-- Tables of the PDF (Typst): columns as wide as their content, type size, notes under the table, Chinese titles.
-- The renderer loads this file beside the filter; it returns { free_widths, typst_table, chinese }.

local NBSP, ZWSP = '\u{a0}', '\u{200b}'
local str = pandoc.utils.stringify
local UPRIGHT, ASIDE, BOXED, INSET = 493, 739, 470, 7.5    -- pt of line on a page, on its side, in a box; both insets
local LOWEST = 240                                   -- a table less high than this (pt) is kept on one page

-- Widths of ASCII from the space on, in hundredths of an em of the PDF's typeface (Libertinus Serif, tabular figures)
local EM = { 25, 29, 34, 47, 47, 64, 71, 19, 30, 30, 37, 55, 22, 34, 22, 32, 47, 47, 47, 47, 47, 47, 47, 47, 47, 47,
  24, 24, 55, 55, 55, 44, 90, 70, 59, 65, 70, 56, 49, 69, 73, 30, 32, 64, 53, 84, 70, 70, 54, 70, 59, 49, 60, 66, 65,
  95, 66, 57, 60, 36, 29, 36, 52, 49, 39, 46, 49, 43, 51, 45, 31, 50, 54, 27, 27, 51, 26, 79, 54, 50, 52, 50, 37, 39,
  32, 53, 50, 75, 49, 52, 42, 28, 21, 28, 45 }

local function is_han(code)
  return code >= 0x2E80 and code <= 0x9FFF or code >= 0xF900 and code <= 0xFAFF or code >= 0xFF00 and code <= 0xFFEF
end

local function chinese(text)
  for _, code in utf8.codes(text) do if is_han(code) then return true end end
  return false
end

-- Width of a text and of its longest piece that cannot be broken, in em.
local function measure(text)
  local sum, line, word, longest, widest = 0, 0, 0, 0, 0
  for _, code in utf8.codes(text) do
    local em = is_han(code) and 1.02 or (EM[code - 31] or (code == 0xA0 and 25) or (code == 0x202F and 18) or 52) / 100
    if code == 0x200B then em = 0 end
    line = code == 10 and 0 or line + em
    sum = sum + (code == 10 and 0 or em)
    if code == 32 or code == 10 or code == 0x200B then word = 0 elseif is_han(code) then word = em else word = word + em end
    longest, widest = math.max(longest, word), math.max(widest, line)
  end
  return widest, longest, sum
end

local function rows_of(t)
  local rows = pandoc.List()
  rows:extend(t.head.rows)
  for _, body in ipairs(t.bodies) do rows:extend(body.head); rows:extend(body.body) end
  rows:extend(t.foot.rows)
  return rows
end

local function free_widths(t)                         -- equal widths were not chosen by anyone
  for _, spec in ipairs(t.colspecs) do if spec[2] ~= t.colspecs[1][2] then return end end
  for column, spec in ipairs(t.colspecs) do t.colspecs[column] = { spec[1], nil } end
end

-- Without a Chinese typeface: columns that are mostly Chinese go, and so do marked pieces in other cells.
local function drop_chinese(t)
  local dropped, rows, spans = pandoc.List(), rows_of(t), 0
  local merged = false
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      merged = merged or cell.col_span > 1 or cell.row_span > 1
      cell.contents = cell.contents:walk { Span = function(s)
        if s.attributes.lang == 'zh' then spans = spans + 1; return {} end
      end }
    end
  end
  for column = merged and 0 or #t.colspecs, 1, -1 do
    local filled, han = 0, 0
    for index, row in ipairs(rows) do
      local text = row.cells[column] and str(row.cells[column].contents) or ''
      if index > #t.head.rows and text ~= '' then filled = filled + 1; han = han + (chinese(text) and 1 or 0) end
    end
    if han > 0 and han * 2 >= filled and #t.colspecs > 1 then
      dropped:insert(1, 'column “' .. (t.head.rows[1] and str(t.head.rows[1].cells[column].contents) or column) .. '”')
      table.remove(t.colspecs, column)
      for _, row in ipairs(rows) do row.cells:remove(column) end
    end
  end
  if spans > 0 then dropped:insert('the official Chinese titles') end
  return dropped
end

-- Widths --------------------------------------------------------------------------------------------------------

local function each_cell(t, visit)                   -- visit(cell, first column, row's number)
  local taken = {}                                   -- columns that a cell above still fills
  for index, row in ipairs(rows_of(t)) do
    local column = 1
    for _, cell in ipairs(row.cells) do
      while (taken[column] or 0) > 0 do taken[column] = taken[column] - 1; column = column + 1 end
      visit(cell, column, index)
      for over = column, column + cell.col_span - 1 do taken[over] = cell.row_span - 1 end
      column = column + cell.col_span
    end
    while (taken[column] or 0) > 0 do taken[column] = taken[column] - 1; column = column + 1 end
  end
end

local function text_of(cell)                          -- a range is printed at four fifths of the size
  local lines = pandoc.utils.blocks_to_inlines(cell.contents, { pandoc.LineBreak() })
  return str(lines:walk { LineBreak = function() return pandoc.Str('\n') end, Span = function(s)
    if not s.classes:includes('range') then return nil end
    local text = str(s.content)
    return pandoc.Str(text:sub(1, utf8.offset(text, math.ceil(0.8 * utf8.len(text)) + 1) - 1))
  end })
end

-- What the columns need, in em: the longest word (least), all on one line (wish), and every cell's measure.
local function survey(t)
  local columns, cells, spans = {}, {}, {}
  for column = 1, #t.colspecs do columns[column] = { least = 0.5, wish = 0.5, head = 0, numbers = 0, filled = 0 } end
  each_cell(t, function(cell, column, index)
    local line, word, sum = measure(text_of(cell))
    local heading = index <= #t.head.rows
    local bold = 0
    cell.contents:walk { Strong = function(s) bold = bold + select(3, measure(str(s.content))) end,
      Code = function(c) bold = bold + select(3, measure(c.text)) end }
    local factor = 1.02 + 0.1 * math.min(1, bold / math.max(sum, 0.1))
    line, word, sum = line * factor, word * factor, sum * factor
    if cell.col_span > 1 then
      spans[#spans + 1] = { column, column + cell.col_span - 1, math.max(word, sum / 2 * 1.1) }
      return
    end
    local c = columns[column]
    if not c then return end
    c.least = math.max(c.least, word)
    if heading then                                   -- in two lines, in three where that is broad
      c.head = math.max(c.head, word, sum < 13 and math.max(sum / 2 * 1.12, math.min(sum, 3.5)) or math.max(7, sum / 3 * 1.15))
    else
      c.wish = math.max(c.wish, line)
      if sum > 0 then
        c.filled = c.filled + 1
        if cell.alignment == 'AlignRight' or t.colspecs[column][1] == 'AlignRight' then c.numbers = c.numbers + 1 end
      end
    end
    cells[index] = cells[index] or {}
    table.insert(cells[index], { column, math.max(line, sum) })
  end)
  for _, c in ipairs(columns) do
    c.wish = math.max(c.wish, c.head, c.least)
    c.least = math.max(c.least, math.min(c.head, 6))
    if c.numbers * 2 > c.filled then c.least = math.max(c.wish, c.least) end        -- numbers are never broken
  end
  return columns, cells, spans
end

local function lines_of(row, widths)
  local most = 1
  for _, cell in ipairs(row) do most = math.max(most, cell[2] / widths[cell[1]]) end
  return most
end

local function sum_of(list) local sum = 0; for _, n in ipairs(list) do sum = sum + n end; return sum end

-- Share out what is left over the longest words so that the table gets as low as it can, piece by piece.
local function share(widths, columns, cells, room)
  local piece = room / 40
  while room >= piece and piece > 0 do
    local best, most = nil, 0
    for column, c in ipairs(columns) do
      if widths[column] < c.wish then
        local gain, step = 0, math.min(piece, c.wish - widths[column])
        for _, row in pairs(cells) do
          local before = lines_of(row, widths)
          widths[column] = widths[column] + step
          gain = gain + before - lines_of(row, widths)
          for _, cell in ipairs(row) do if cell[1] == column then gain = gain + 0.02 * cell[2] / widths[column] end end
          widths[column] = widths[column] - step
        end
        if gain > most then best, most = column, gain end
      end
    end
    if not best then break end
    widths[best] = math.min(columns[best].wish, widths[best] + piece)
    room = room - piece
  end
end

-- Column widths in em within `room` em, or nil where the longest words do not fit.
local function widths_within(columns, cells, spans, room, broken)
  local widths = {}
  for column, c in ipairs(columns) do
    widths[column] = broken and c.numbers * 2 <= c.filled and math.min(c.least, 6.5) or c.least
  end
  for _, span in ipairs(spans) do                    -- a heading over several columns, a group's title
    local inside = 0
    for column = span[1], span[2] do inside = inside + (widths[column] or 0) end
    local lack = math.min(span[3], room) - inside
    if span[1] == 1 and span[2] == #columns then lack = math.min(lack, room - sum_of(widths)); if lack > 0 then columns[1].wish = math.max(columns[1].wish, widths[1] + lack) end
    elseif lack > 0 then
      for column = span[1], span[2] do
        widths[column] = widths[column] + lack / (span[2] - span[1] + 1)
        columns[column].wish = math.max(columns[column].wish, widths[column])
      end
    end
  end
  local spare = room - sum_of(widths)
  if spare < 0 then return nil end
  local wish = 0
  for column, c in ipairs(columns) do wish = wish + math.max(c.wish, widths[column]) end
  if wish <= room then
    for column, c in ipairs(columns) do widths[column] = math.max(c.wish, widths[column]) end
    return widths, true
  end
  share(widths, columns, cells, spare)
  return widths, false
end

local function height_of(cells, widths, size)
  local height = 0
  for _, row in pairs(cells) do height = height + math.ceil(lines_of(row, widths) - 0.02) * size * 1.16 + 5.4 end
  return height
end

-- Sets the column widths; returns type size (pt), whether the table lies on a landscape page, and its height (pt).
local function fit(t, boxed)
  local columns, cells, spans = survey(t)
  local full = boxed and BOXED or UPRIGHT
  local tries = { { 8.5, full, false, true }, { 8, full }, { 8, full, true } }
  if not boxed then for _, size in ipairs { 8.5, 8, 7.5, 7 } do tries[#tries + 1] = { size, ASIDE } end end
  tries[#tries + 1] = { 6.2, boxed and full or ASIDE, true }
  for index, try in ipairs(tries) do
    local size, line = try[1], try[2]
    local room = (line - #columns * INSET) / size
    local widths, natural = widths_within(columns, cells, spans, room, try[3])
    if not widths and index == #tries then            -- nothing helps: words are cut in proportion
      widths = {}
      local all = 0
      for _, c in ipairs(columns) do all = all + c.least end
      for column, c in ipairs(columns) do widths[column] = c.least * room / all end
    end
    if widths and (natural or not try[4]) then
      for column, em in ipairs(widths) do
        t.colspecs[column] = { t.colspecs[column][1], (em * size + INSET) / line }
      end
      return size, line == ASIDE, height_of(cells, widths, size)
    end
  end
end

-- The table -----------------------------------------------------------------------------------------------------

local function rawi(text) return pandoc.RawInline('typst', text) end

local function take_notes(t)                          -- foot rows of one cell: they are text under the table
  local notes, kept = pandoc.List(), pandoc.List()
  for _, row in ipairs(t.foot.rows) do
    if #row.cells == 1 and row.cells[1].col_span >= #t.colspecs then
      if #notes > 0 then notes:insert(pandoc.Space()) end
      notes:extend(pandoc.utils.blocks_to_inlines(row.cells[1].contents))
      if not str(notes):match('[.!?]$') then notes:insert(pandoc.Str('.')) end
    else kept:insert(row) end
  end
  t.foot.rows = kept
  return notes
end

local function align_numbers(t)                        -- columns of numbers, also where the page's table does not say so
  local texts = {}
  each_cell(t, function(cell, column, index)
    if index <= #t.head.rows or cell.col_span > 1 or column == 1 then return end
    local text = str(cell.contents):gsub('\u{a0}', ''):gsub('\u{202f}', ''):gsub('\u{2212}', '-'):gsub('–', '')
    texts[column] = texts[column] or { 0, true }
    if text ~= '' then
      texts[column][1] = texts[column][1] + 1
      texts[column][2] = texts[column][2] and text:match('^%(?[-+]?%d[%d ,]*%.?%d*%s?%%?%)?$') ~= nil
    end
  end)
  for column, found in pairs(texts) do
    if found[1] > 0 and found[2] and t.colspecs[column] then t.colspecs[column] = { 'AlignRight', t.colspecs[column][2] } end
  end
end

local SIDES = { AlignRight = 'right', AlignCenter = 'center' }

local function dress(t)                               -- alignment and weight by class, places to break long names
  local rows = rows_of(t)
  local columns = {}
  each_cell(t, function(cell, column) columns[#columns + 1] = column end)
  local count = 0
  for index, row in ipairs(rows) do
    local heading = index <= #t.head.rows
    for _, cell in ipairs(row.cells) do
      count = count + 1
      local class = table.concat(cell.classes, ' ')
      if class:find('num') or class:find('gt_right') then cell.alignment = 'AlignRight' end
      if class:find('gt_center') then cell.alignment = 'AlignCenter' end
      local bold = heading or class:find('group') or row.classes:includes('total') or row.classes:includes('group')
      if bold then
        cell.contents = cell.contents:walk { Plain = function(p)
          return pandoc.Plain(heading and { rawi('#th['), pandoc.Strong(p.content), rawi(']') } or { pandoc.Strong(p.content) })
        end }
      end
      if heading then
        local spec = t.colspecs[columns[count]]
        local side = SIDES[cell.alignment] or cell.col_span == 1 and spec and SIDES[spec[1]] or cell.col_span > 1 and 'center' or 'left'
        cell.alignment = 'AlignDefault'
        cell.attributes['typst:align'] = 'bottom + ' .. side
      end
      cell.contents = cell.contents:walk {
        Str = function(s) if #s.text > 14 and not chinese(s.text) then return pandoc.Str((s.text:gsub('([._/,;&=])', '%1' .. ZWSP))) end end,
        Code = function(c) if #c.text > 14 then return pandoc.Code((c.text:gsub('([._/,;&=])', '%1' .. ZWSP))) end end }
    end
  end
end

-- Blocks of a table, whether it lies on a landscape page, and whether it is low enough to be kept on one page.
local function typst_table(t, cjk, boxed)
  local dropped = cjk and {} or drop_chinese(t)
  local notes = take_notes(t)
  align_numbers(t)
  dress(t)
  t.identifier, t.classes = '', { 'typst:no-figure' }
  local size, flipped, height = fit(t, boxed)
  local low = height < LOWEST
  local blocks = pandoc.List { pandoc.RawBlock('typst', '#[#set text(size: ' .. size .. 'pt)'), t, pandoc.RawBlock('typst', ']') }
  if #dropped > 0 then
    if #notes > 0 then notes:insert(pandoc.Space()) end
    notes:insert(pandoc.Emph('Left out of this file, because no Chinese typeface was at hand: '
      .. table.concat(dropped, ' and ') .. '. The web page has it.'))
  end
  if #notes > 0 then
    notes:insert(1, rawi('#tablenote(' .. (low and 'below' or 'above') .. ': true)[')); notes:insert(rawi(']'))
    blocks:insert(low and #blocks + 1 or 1, pandoc.Plain(notes))      -- at the head of a table that may go on overleaf
  end
  return blocks, flipped, low
end

return { free_widths = free_widths, typst_table = typst_table, chinese = chinese }
