-- Cross-references, captions, callouts, tabsets, links and tables of an annex page, on Pandoc's syntax tree.
-- Input: one page (HTML), or chapters as `div.chapter` with `path` (Typst). Faults go to stderr as "FAULT: …".

local HTML, TYPST = FORMAT:match('html') ~= nil, FORMAT == 'typst'
local NBSP, ZWSP = '\u{a0}', '\u{200b}'
local names = { fig = 'Figure', tbl = 'Table', eq = 'Equation', sec = 'Section' }
local options = {}                                   -- metadata `sfp`: numbered (bool), cjk (bool)
local labels, counters, sections, chapter, boxed     -- state of the page or chapter at hand
local chapters = {}                                  -- path of a chapter's source → its label in the PDF
local str = pandoc.utils.stringify

local function fault(message)
  io.stderr:write('FAULT: ' .. (chapter and chapter.path .. ': ' or '') .. message .. '\n')
end

local function raw(text) return pandoc.RawBlock(FORMAT == 'typst' and 'typst' or 'html', text) end
local function rawi(text) return pandoc.RawInline(FORMAT == 'typst' and 'typst' or 'html', text) end
local function prefix(id) return chapter and chapter.id .. '-' .. id or id end
local function escape(text)
  return (text:gsub('[&<>"]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }))
end
local function quoted(text) return '"' .. text:gsub('[\\"]', '\\%0'):gsub('\n', ' ') .. '"' end

local function number(kind, id)
  counters[kind] = (counters[kind] or 0) + 1
  local value = (chapter and chapter.number .. '.' or '') .. counters[kind]
  if labels[id] then fault('label ' .. id .. ' is used twice') end
  labels[id] = { kind = kind, number = value }
  return value
end

-- Tables (Typst): alignment by class, Chinese columns, type size and orientation that fit the page ------------

local function chinese(text)
  for _, code in utf8.codes(text) do
    if code >= 0x2E80 and code <= 0x9FFF or code >= 0xF900 and code <= 0xFAFF or code >= 0xFF00 and code <= 0xFFEF then
      return true
    end
  end
  return false
end

local function rows_of(t)
  local rows = pandoc.List()
  rows:extend(t.head.rows)
  for _, body in ipairs(t.bodies) do rows:extend(body.head); rows:extend(body.body) end
  rows:extend(t.foot.rows)
  return rows
end

local function drop_chinese_columns(t)
  local dropped, rows = pandoc.List(), rows_of(t)
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do if cell.col_span > 1 or cell.row_span > 1 then return dropped end end
  end
  for column = #t.colspecs, 1, -1 do
    local filled, han = 0, 0
    for index, row in ipairs(rows) do
      local text = row.cells[column] and str(row.cells[column].contents) or ''
      if index > #t.head.rows and text ~= '' then filled = filled + 1; han = han + (chinese(text) and 1 or 0) end
    end
    if han > 0 and han * 2 >= filled and #t.colspecs > 1 then
      dropped:insert(1, t.head.rows[1] and str(t.head.rows[1].cells[column].contents) or tostring(column))
      table.remove(t.colspecs, column)
      for _, row in ipairs(rows) do row.cells:remove(column) end
    end
  end
  return dropped
end

local SIZES = { { 9, 482 }, { 8, 482 }, { 7.2, 482 }, { 8, 728 }, { 7, 728 }, { 6.2, 728 } }  -- pt of type, pt of width

local function free_widths(t)                         -- equal widths were not chosen by anyone
  for _, spec in ipairs(t.colspecs) do if spec[2] ~= t.colspecs[1][2] then return end end
  for column, spec in ipairs(t.colspecs) do t.colspecs[column] = { spec[1], nil } end
end

-- Returns the type size in pt and whether the table lies on a landscape page; sets column widths where needed.
local function fit(t, upright_only)
  local count, least, wish = #t.colspecs, {}, {}
  for column = 1, count do least[column], wish[column] = 1, 1 end
  local taken = {}                                    -- columns that a cell above still fills
  for _, row in ipairs(rows_of(t)) do
    local column = 1
    for _, cell in ipairs(row.cells) do
      while (taken[column] or 0) > 0 do taken[column] = taken[column] - 1; column = column + 1 end
      if cell.col_span == 1 and column <= count then
        local text = str(cell.contents)
        wish[column] = math.max(wish[column], math.min(utf8.len(text) or #text, 60))
        for word in text:gsub(ZWSP, ' '):gmatch('[^%s%-]+') do
          least[column] = math.max(least[column], utf8.len(word) or #word)
        end
      end
      for over = column, column + cell.col_span - 1 do taken[over] = cell.row_span - 1 end
      column = column + cell.col_span
    end
  end
  local function width(chars, size) local sum = 0; for _, n in ipairs(chars) do sum = sum + n * size * 0.52 + 9 end; return sum end
  local comfort = {}
  for column = 1, count do comfort[column] = math.max(least[column], math.min(wish[column], 14)) end
  local chosen
  for _, try in ipairs(SIZES) do
    if not (upright_only and try[2] > 482) then
      if width(wish, try[1]) <= try[2] then return try[1], try[2] > 482 end
      chosen = chosen or (width(comfort, try[1]) <= try[2] and try)
    end
  end
  chosen = chosen or (upright_only and { 6.2, 482 } or SIZES[#SIZES])
  local spare = math.max(0, chosen[2] - width(comfort, chosen[1]))
  local want = 0
  for column = 1, count do want = want + (wish[column] - comfort[column] > 0 and wish[column] - comfort[column] or 0) end
  local total, widths = 0, {}
  for column = 1, count do
    local extra = want > 0 and spare * math.max(0, wish[column] - comfort[column]) / want or 0
    widths[column] = comfort[column] * chosen[1] * 0.52 + 9 + extra
    total = total + widths[column]
  end
  for column = 1, count do t.colspecs[column] = { t.colspecs[column][1], widths[column] / total } end
  return chosen[1], chosen[2] > 482
end

local function typst_table(t)
  local dropped = options.cjk and {} or drop_chinese_columns(t)
  local rows = rows_of(t)
  for index, row in ipairs(rows) do
    local heading, foot = index <= #t.head.rows, index > #rows - #t.foot.rows
    for _, cell in ipairs(row.cells) do
      local class = table.concat(cell.classes, ' ')
      if class:find('num') or class:find('gt_right') then cell.alignment = 'AlignRight' end
      if class:find('gt_center') then cell.alignment = 'AlignCenter' end
      if heading or class:find('group') or row.classes:includes('total') or row.classes:includes('group') then
        cell.contents = cell.contents:walk { Plain = function(p) return pandoc.Plain { pandoc.Strong(p.content) } end }
      elseif foot then
        cell.contents = cell.contents:walk { Plain = function(p)
          p.content:insert(1, rawi('#text(fill: luma(70), size: 0.92em)[')); p.content:insert(rawi(']')); return p
        end }
      end
      cell.contents = cell.contents:walk {
        Str = function(s) if #s.text > 14 then return pandoc.Str((s.text:gsub('([._/,;&=])', '%1' .. ZWSP))) end end,
        Code = function(c) if #c.text > 14 then return pandoc.Code((c.text:gsub('([._/,;&=])', '%1' .. ZWSP))) end end }
    end
  end
  t.identifier, t.classes = '', { 'typst:no-figure' }
  free_widths(t)
  local size, flipped = fit(t, boxed)
  local blocks = pandoc.List { raw('#[#set text(size: ' .. size .. 'pt)'), t }
  if #dropped > 0 then
    blocks:insert(pandoc.Para { pandoc.Emph('Left out of this file, because no Chinese typeface was at hand: column “'
      .. table.concat(dropped, '”, “') .. '”. The web page has it.') })
  end
  blocks:insert(raw(']'))
  return blocks, flipped
end

-- Floats: a figure or table with its caption; `kind` nil for a caption without a number ----------------------

local function float(kind, id, caption, content)
  local label = kind and number(kind, id)
  local head = label and names[kind] .. NBSP .. label
  local blocks, inner = pandoc.List(), pandoc.List()
  if HTML then
    local captioned = pandoc.List { rawi('<figcaption>') }
    if head then captioned:insert(rawi('<span class="float-number">' .. head .. (#caption > 0 and ':</span> ' or '</span>'))) end
    captioned:extend(caption); captioned:insert(rawi('</figcaption>'))
    blocks:insert(raw('<figure class="float float-' .. (kind or 'plain') .. '"' .. (id ~= '' and ' id="' .. id .. '"' or '') .. '>'))
    if kind ~= 'fig' then blocks:insert(pandoc.Plain(captioned)) end
    blocks:extend(content)
    if kind == 'fig' then blocks:insert(pandoc.Plain(captioned)) end
    blocks:insert(raw('</figure>'))
    return blocks
  end
  local flipped = false
  for _, block in ipairs(content) do
    if block.t == 'Table' then
      local made, wide = typst_table(block)
      inner:extend(made); flipped = flipped or wide
    else inner:insert(block) end
  end
  local numbering = label and 'numbering: _ => "' .. label .. '", supplement: [' .. names[kind] .. ']' or 'numbering: none, supplement: none'
  local open = pandoc.List { rawi('#figure(kind: ' .. (kind == 'fig' and 'image' or 'table') .. ', ' .. numbering .. ', caption: [') }
  open:extend(caption); open:insert(rawi('], ['))
  if flipped then blocks:insert(raw('#page(flipped: true)[')) end
  blocks:insert(pandoc.Plain(open)); blocks:extend(inner)
  blocks:insert(raw('])' .. (id ~= '' and ' <' .. prefix(id) .. '>' or '')))
  if flipped then blocks:insert(raw(']')) end
  return blocks
end

local function kind_of(id) local kind = id:match('^(%a+)%-'); return kind and names[kind] and kind end

local function picture(image, captioned)
  local alt = image.attributes['fig-alt'] or image.attributes.alt or (not captioned and str(image.caption)) or ''
  if alt == '' then fault('image ' .. image.src .. ' has no alternative text (fig-alt)') end
  if TYPST then return rawi('#pic(' .. quoted(image.src) .. ', ' .. quoted(alt) .. ')') end
  image.attributes['fig-alt'], image.attributes.alt, image.caption, image.title = nil, nil, { pandoc.Str(alt) }, ''
  image.classes:insert('seen')
  return image
end

local function raw_table(text)
  local labelled = text:gsub('<table', '<div class="table-scroll" tabindex="0"><table', 1)
  local last = labelled:match('^.*()</table>')
  return last and labelled:sub(1, last + 7) .. '</div>' .. labelled:sub(last + 8)
end

-- What depends on position in the document ------------------------------------------------------------------

local process

local function callout(div, kind)
  local title = div.attributes.title and pandoc.utils.blocks_to_inlines(pandoc.read(div.attributes.title, 'markdown').blocks)
  if not title and div.content[1] and div.content[1].t == 'Header' then title = div.content:remove(1).content end
  local word = kind:gsub('^%l', string.upper)
  title = title or { pandoc.Str(word) }
  local outer = boxed; boxed = true
  local content = process(div.content); boxed = outer
  local blocks = pandoc.List()
  if HTML then
    local folded = div.attributes.collapse
    local tag, heading = folded and 'details' or 'div', folded and 'summary' or 'p'
    blocks:insert(raw('<' .. tag .. ' class="callout callout-' .. kind .. '"' .. (div.identifier ~= '' and ' id="' .. div.identifier .. '"' or '')
      .. (folded and (folded == 'false' and ' open' or '') or ' role="note"') .. '>'))
    local line = pandoc.List { rawi('<' .. heading .. ' class="callout-title">') }
    if str(title) ~= word then line:insert(rawi('<span class="callout-kind">' .. word .. '</span> ')) end
    line:extend(title); line:insert(rawi('</' .. heading .. '>'))
    blocks:insert(pandoc.Plain(line)); blocks:extend(content); blocks:insert(raw('</' .. tag .. '>'))
  else
    local line = pandoc.List { rawi('#callout("' .. kind .. '", [') }
    line:extend(title); line:insert(rawi('], ['))
    blocks:insert(pandoc.Plain(line)); blocks:extend(content); blocks:insert(raw('])'))
  end
  return blocks
end

local function tabset(div)
  local blocks, level, open = pandoc.List(), nil, false
  if HTML then blocks:insert(raw('<div class="panel-tabset">')) end
  for _, block in ipairs(div.content) do
    if block.t == 'Header' and (level == nil or block.level == level) then
      level = block.level
      if HTML then
        local line = pandoc.List { rawi('<h' .. level .. ' class="tab-title">') }
        line:extend(block.content); line:insert(rawi('</h' .. level .. '>'))
        blocks:insert(raw((open and '</section>' or '') .. '<section class="tab">')); blocks:insert(pandoc.Plain(line))
        open = true
      else blocks:insert(pandoc.Plain { rawi('#block(sticky: true, above: 1.4em)['), pandoc.Strong(block.content), rawi(']') }) end
    else blocks:extend(process { block }) end
  end
  if HTML then blocks:insert(raw((open and '</section>' or '') .. '</div>')) end
  return blocks
end

local function equation(para)
  local last = para.content[#para.content]
  local id = last and last.t == 'Str' and last.text:match('^{#(eq%-[%w_-]+)}$')
  if not id or para.content[1].t ~= 'Math' then return nil end
  local label = number('eq', id)
  if HTML then
    return pandoc.Plain { rawi('<span class="equation" id="' .. id .. '" tabindex="0">'), para.content[1],
      rawi('<span class="equation-number">(' .. label .. ')</span></span>') }
  end
  return { pandoc.Plain { rawi('#[#set math.equation(numbering: _ => "(' .. label .. ')")\n'), para.content[1],
    rawi(' <' .. prefix(id) .. '>]') } }
end

local function heading(header)
  if TYPST then header.level = header.level + chapter.shift end
  local depth = header.level - (TYPST and 1 or options.base - 1)
  local counted = not header.classes:includes('unnumbered')
  if counted then
    for level = 1, depth do sections[level] = sections[level] or 0 end
    sections[depth] = sections[depth] + 1
    for level = depth + 1, 6 do sections[level] = nil end
  end
  local value = (chapter and chapter.number .. '.' or '') .. table.concat(sections, '.')
  if header.identifier:match('^sec%-') then
    labels[header.identifier] = { kind = 'sec', number = counted and options.numbered and value, title = header.content:clone() }
  elseif header.identifier ~= '' then labels[header.identifier] = { kind = 'heading' } end
  if HTML and counted and options.numbered then
    header.content:insert(1, rawi('<span class="section-number">' .. value .. '</span> '))
  end
  if TYPST then header.identifier = header.identifier ~= '' and prefix(header.identifier) or '' end
  return header
end

local function visible(div)
  local here = function(name) return name == (HTML and 'html' or 'typst') or (TYPST and name == 'pdf') end
  local only, never = div.attributes['when-format'], div.attributes['unless-format']
  local matches = (not only or here(only)) and (not never or not here(never))
  if div.classes:includes('content-visible') then return matches end
  if div.classes:includes('content-hidden') then return not matches end
  return true
end

local function division(div)
  if not visible(div) then return {}, false end
  if #div.classes == 1 and div.classes[1]:match('^content%-') then return process(div.content), false end
  local kind = kind_of(div.identifier)
  if kind == 'fig' or kind == 'tbl' or div.classes:includes('captioned') then
    local caption = pandoc.Inlines {}
    local last = div.content[#div.content]
    if #div.content > 1 and (last.t == 'Para' or last.t == 'Plain') then caption = div.content:remove().content end
    local content = div.content:walk {                -- a pipe table's or an image's own caption is the float's
      Table = function(t) if #caption == 0 then caption = pandoc.utils.blocks_to_inlines(t.caption.long) end; t.caption.long = {}; return t end,
      Figure = function(f) return f.content end }
    content = content:walk { Image = function(image) return picture(image, true) end }
    if HTML then content = process(content) end
    return float(kind, div.identifier, caption, content), false
  end
  for _, class in ipairs(div.classes) do
    if class:match('^callout%-') then return callout(div, class:match('^callout%-(.+)$')), false end
  end
  if div.classes:includes('panel-tabset') then return tabset(div), false end
  if div.attributes['layout-ncol'] and HTML then
    div.classes:insert('layout'); div.attributes.style = '--columns: ' .. div.attributes['layout-ncol']
    div.attributes['layout-ncol'] = nil
    return div
  end
  if TYPST and div.identifier ~= 'refs' then return process(div.content), false end
end

local function loose_table(t)
  if t.classes:includes('seen') then return nil end
  local caption = pandoc.utils.blocks_to_inlines(t.caption.long)
  local id = t.identifier
  t.classes:insert('seen'); t.identifier = ''
  free_widths(t)
  if kind_of(id) == 'tbl' or (TYPST and #caption > 0) then
    t.caption.long = {}
    return float(kind_of(id), id, caption, HTML and { raw('<div class="table-scroll" tabindex="0">'), t, raw('</div>') } or { t }), false
  end
  if HTML then return { raw('<div class="table-scroll" tabindex="0">'), t, raw('</div>') }, false end
  local blocks, flipped = typst_table(t)
  if flipped then blocks:insert(1, raw('#page(flipped: true)[')); blocks:insert(raw(']')) end
  return blocks, false
end

process = function(blocks)
  return pandoc.Blocks(blocks):walk {
    traverse = 'topdown',
    Div = division, Header = heading, Para = equation, Table = loose_table,
    Figure = function(figure)
      local id = figure.identifier
      local content = figure.content:walk { Image = function(image)
        if id == '' then id = image.identifier end
        image.identifier = ''
        return picture(image, true)
      end }
      local caption = pandoc.utils.blocks_to_inlines(figure.caption.long)
      return float(kind_of(id) or (TYPST and 'fig' or nil), id, caption, content), false
    end,
    Image = function(image) if not image.classes:includes('seen') then return picture(image, false), false end end,
    RawBlock = function(block)
      if HTML and block.format == 'html' and block.text:find('<table', 1, true) and not block.text:find('table-scroll', 1, true) then
        block.text = raw_table(block.text) or block.text
        return block
      end
    end,
  }
end

-- References and links, once every label of the page or chapter is known --------------------------------------

local function reference(cite)
  local inlines, crossed = pandoc.List(), 0
  for index, citation in ipairs(cite.citations) do
    local id = citation.id:gsub('^%u', string.lower)
    local kind, label = kind_of(id), labels[id]
    if kind then
      crossed = crossed + 1
      if index > 1 then inlines:extend { pandoc.Str(','), pandoc.Space() } end
      if not label then
        fault('unresolved reference @' .. citation.id)
        inlines:insert(pandoc.Strong { pandoc.Str('?@' .. citation.id) })
      else
        local text = { pandoc.Str(names[label.kind] .. NBSP .. tostring(label.number)) }
        if citation.mode == 'SuppressAuthor' then text = { pandoc.Str(tostring(label.number)) } end
        if label.number == false then text = label.title end
        inlines:insert(pandoc.Link(text, '#' .. prefix(id), '', { class = 'xref' }))
      end
    end
  end
  if crossed == 0 then return nil end
  if crossed < #cite.citations then fault('a cross-reference and a citation stand in one bracket: ' .. str(cite)) end
  return inlines
end

local function page_of(target)
  if target:match('^%a[%w+.-]*:') or target:match('^//') then return target end
  return (target:gsub('%.ipynb$', '.html'):gsub('%.ipynb#', '.html#'):gsub('%.qmd$', '.html'):gsub('%.qmd#', '.html#'))
end

local function resolve(path)                          -- a chapter's link, relative to its own folder
  local parts = pandoc.List()
  for part in ((chapter.path:match('^(.*/)') or '') .. path):gmatch('[^/]+') do
    if part == '..' and #parts > 0 then parts:remove() elseif part ~= '.' then parts:insert(part) end
  end
  return table.concat(parts, '/')
end

local function link(l)
  if HTML then l.target = page_of(l.target); return l end
  if l.target:match('^%a[%w+.-]*:') then return l end
  if l.classes:includes('xref') then return l end
  local path, anchor = l.target:match('^([^#]*)#?(.*)$')
  if path == '' and labels[anchor] then l.target = '#' .. prefix(anchor); return l end
  local other = path ~= '' and chapters[resolve(path)]
  if other then l.target = '#' .. other; return l end
  return l.content                                    -- a file or page that the PDF does not hold
end

local function finish(blocks)
  local links = {
    Link = link,
    Image = function(i) i.classes = i.classes:filter(function(c) return c ~= 'seen' end); return i end,
    CodeBlock = function(b) b.classes = {}; return b end,   -- no colours: they would need a style sheet of their own
    RawBlock = function(b) if HTML then b.text = b.text:gsub('(<a%s[^>]-href=")([^"]+)', function(a, h) return a .. page_of(h) end); return b end end,
    RawInline = function(b)
      if HTML then b.text = b.text:gsub('(<a%s[^>]-href=")([^"]+)', function(a, h) return a .. page_of(h) end); return b end
      if b.format == 'html' and b.text:match('^<br') then return pandoc.LineBreak() end
    end,
    Str = function(s)
      if TYPST and not options.cjk and chinese(s.text) then return pandoc.Emph { pandoc.Str('[Chinese]') } end
    end }
  return pandoc.Blocks(blocks):walk { Cite = reference }:walk(links)
end

local function one(blocks)
  labels, counters, sections, boxed = {}, {}, {}, false
  return finish(process(blocks))
end

local function with_references(blocks)                -- a heading before the works cited
  local cited, placed = false, false
  pandoc.Blocks(blocks):walk { Cite = function() cited = true end, Div = function(d) placed = placed or d.identifier == 'refs' end }
  if cited and not placed then
    blocks:insert(pandoc.Header(HTML and 2 or 1, 'References', pandoc.Attr('references', { 'unnumbered' })))
    blocks:insert(pandoc.Div({}, pandoc.Attr('refs')))
  end
  return blocks
end

function Pandoc(doc)
  local meta = doc.meta.sfp or {}
  options.numbered, options.cjk, options.base = meta.numbered == true, meta.cjk == true, 7
  for key in pairs(names) do
    local own = doc.meta.crossref and doc.meta.crossref[key .. '-title']
    if own then names[key] = str(own) end
  end
  if HTML then
    doc.blocks:walk { Header = function(h) options.base = math.min(options.base, h.level) end }
    doc.blocks = with_references(one(doc.blocks))
    return doc
  end
  doc.blocks = doc.blocks:walk { RawBlock = function(b) if b.format == 'html' then return pandoc.Blocks(pandoc.read(b.text, 'html').blocks):walk { Div = function(d) return d.content end } end end }
  for index, div in ipairs(doc.blocks) do
    if div.classes and div.classes:includes('chapter') then chapters[div.attributes.path] = 'c' .. index end
  end
  local blocks = pandoc.List()
  for index, div in ipairs(doc.blocks) do
    if div.classes and div.classes:includes('chapter') then
      local least = 7
      div.content:walk { Header = function(h) least = math.min(least, h.level) end }
      chapter = { id = 'c' .. index, path = div.attributes.path, number = index, shift = 2 - least }
      blocks:insert(pandoc.Header(1, pandoc.utils.blocks_to_inlines(pandoc.read(div.attributes.title, 'markdown').blocks), pandoc.Attr('c' .. index)))
      local below = div.attributes.subtitle
      if below and below ~= '' then
        blocks:insert(pandoc.Plain { rawi('#block(sticky: true, text(12pt, fill: luma(80))['), pandoc.Str(below), rawi('])') })
      end
      blocks:extend(one(div.content))
      chapter = nil
    else blocks:insert(div) end
  end
  doc.blocks = with_references(blocks)
  return doc
end
